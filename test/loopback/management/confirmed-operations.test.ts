import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type * as Table from '../../../main/base/operations.ts'
import { makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'
import { expectRefusal } from '../refused.ts'
import { addTokenAccounts, type TokenAccounts } from '../token-accounts.ts'

const polish = vi.hoisted(() => ({
  capable: () => true,
  inability: 'cannot be polished',
  ...{ command: 'polish', does: () => 'Polish its tokens' },
  run: {
    ...{ path: 'polish', operationId: 'polishTokens', summary: 'Polishes all.' },
    ...{ isConfirmed: true, progress: 'rotation', description: 'polish all', help: '' },
    question: () => ({ title: 'Polish?', text: [], action: 'Polish' }),
    outcome: () => 'Polished.',
  },
}))

// The table with one row more, which any driver can do and which affects other programs.
vi.mock('../../../main/base/operations.ts', async (load) => {
  const real = await load<typeof Table>()
  return {
    ...real,
    operationRows: { ...real.operationRows, polish },
    operationNames: [...real.operationNames, 'polish'],
    runs: [...real.runs, ['polish', polish.run]],
  }
})

describe('an operation that has to be confirmed', () => {
  let endpoint: TestLoopback
  let services: TokenAccounts
  beforeEach(async () => {
    endpoint = await makeLoopback()
    services = await addTokenAccounts(endpoint)
  })
  afterEach(async () => {
    await endpoint.close()
    await services.close()
  })

  it('is refused for another name than that of the account, whatever the driver can revoke', async () => {
    const path = '/v1/accounts/glowmarkt/home/polish'
    const answer = await endpoint.manage('POST', path, { confirm: 'sftpgo/other' })
    const body = expectRefusal(answer, 400, 'invalid_request')
    expect(body.error_description).toBe('"confirm" is not glowmarkt/home, so nothing was done.')
    expect(body.hint).toBe('Set it to glowmarkt/home to polish its tokens.')
  })
})
