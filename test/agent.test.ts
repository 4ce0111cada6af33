import { describe, expect, it } from 'vitest'
import { notifyBy, toNews } from '../main/agent.ts'
import { toAccountId } from '../main/base/ids.ts'
import type { Log } from '../main/base/log.ts'
import { cliClient } from '../main/broker/clients.ts'
import { makeBroker } from './helpers/make-broker.ts'
import { makeTestFolder } from './helpers/marks.ts'

/** What the agent prints during `work`. */
function printed(work: (notify: ReturnType<typeof notifyBy>) => void): readonly string[] {
  const lines: string[] = []
  work(notifyBy((line) => lines.push(line)))
  return lines
}

describe('the agent', () => {
  it('prints which service is in backoff, and that nothing is sent there', () => {
    const message = 'files.example.com has blocked us. Tokentray leaves it alone until about 15:31.'
    expect(printed((notify) => notify.hostSilent(message))).toEqual([
      `notice: ${message} Nothing is sent there until then.`,
    ])
  })

  it('prints which account needs a login, why, and the command', () => {
    const account = toAccountId('sftpgo', 'work')
    const reason = { sentence: 'The account is disabled.', at: 0 }
    const lines = printed((notify) => {
      notify.loginRequired(account, reason)
      notify.loginRequired(account, null)
    })
    expect(lines).toEqual([
      'sftpgo/work: login required: The account is disabled. Run: tokentray login sftpgo/work',
      'sftpgo/work: login required. Run: tokentray login sftpgo/work',
    ])
  })

  it("prints the outcomes of the last run's tokens, each with its number", async () => {
    const ledgerFolder = makeTestFolder('agent')
    const lines: string[] = []
    const note: Log['info'] = (message, fields) => lines.push(...toNews(message, fields))
    const log: Log = { info: note, warn: () => undefined, error: () => undefined }
    const services = [{ leaseKinds: ['dedicated'], tokenless: true, without: ['revoke'] }] as const
    const first = await makeBroker({ ledgerFolder, services })
    await first.issue(cliClient, await first.newAccount())
    first.crash()
    await makeBroker({ ledgerFolder, after: first, log })
    await first.idle()
    expect(lines).toEqual(['Cannot be revoked, valid until expiry: 1 token of the last run.'])
  })

  it('says only what happened', () => {
    const none = { revoked: 0, expired: 0, valid_until_expiry: 0 }
    expect(toNews('recovery done', none)).toEqual([])
    expect(toNews('recovery done', { ...none, revoked: 2, expired: 1 })).toEqual([
      'Revoked 2 tokens of the last run.',
      'Expired: 1 token of the last run.',
    ])
    expect(toNews('a host may be spoken to again', { host: 'a.example' })).toEqual([
      'a.example answers again: requests to it are resumed.',
    ])
  })
})
