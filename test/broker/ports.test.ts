import { expect, it } from 'vitest'
import { parseAccountId } from '../../main/base/ids.ts'
import { denyAll } from '../../main/broker/ports.ts'

it('denies access without a prior grant if there is no user to ask', async () => {
  const question = { client: 'tool', account: parseAccountId('sftpgo/work') }
  expect(await denyAll.ask(question, new AbortController().signal)).toBe('deny')
})
