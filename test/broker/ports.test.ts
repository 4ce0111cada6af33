import { expect, it } from 'vitest'
import { parseAccountId } from '../../main/base/ids.ts'
import { denyAll } from '../../main/broker/ports.ts'

it('denies what was not granted beforehand where nobody sits', async () => {
  const question = { client: 'tool', account: parseAccountId('sftpgo/work') }
  expect(await denyAll.ask(question, new AbortController().signal)).toBe('deny')
})
