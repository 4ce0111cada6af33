import { expect, it } from 'vitest'
import type { Snapshot } from '../../preload/snapshot.ts'
import { describeWith } from '../helpers/needs.ts'
import { chromium } from '../loopback/http/components.ts'
import { full } from './fixture-bridge/snapshots.ts'
import { push, withPage } from './with-page.ts'

describeWith([chromium], 'a page whose rendering fails', () => {
  const built = withPage()

  it('shows an error instead of an empty window, with a button that reloads it', async () => {
    const page = await built.open({ snapshot: full })
    await page.getByRole('heading', { name: 'Accounts' }).waitFor()
    await push(page, { ...full, revision: full.revision + 1, status: null as never } as Snapshot)
    await page.getByRole('heading', { name: 'This window stopped working.' }).waitFor()
    expect(built.complaints()).not.toEqual([])
    await page.getByRole('button', { name: 'Try again' }).press('Enter')
    await page.getByRole('heading', { name: 'Accounts' }).waitFor()
  })
})
