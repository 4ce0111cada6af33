import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { credentialKey } from '../../../main/broker/account/keychain-items.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { codeOf, diskFull, makeBroker, refusalOf } from '../../helpers/make-broker.ts'
import { MINUTE, signedIn } from '../set-ups.ts'

const disabled = () =>
  new TokentrayError('wrong_credentials', 'files.example.com: the account is disabled.', {
    hint: 'Ask its administrator.',
  })

/** An account whose next login the service refuses with this error. */
async function refusedWith(error: TokentrayError) {
  const test = await signedIn()
  await test.clock.advance(20 * MINUTE)
  test.service.failNext('login', error)
  return test
}

describe('an account that needs the user to log in says why', () => {
  it('to each caller, in the words of the service, and stores it', async () => {
    const { ask, clock, settings, reasons } = await refusedWith(disabled())
    const at = clock.now()
    for (let call = 0; call < 3; call += 1) {
      expect(await refusalOf(ask())).toMatchObject({
        code: 'login_required',
        message:
          'sftpgo/work needs you to log in again: files.example.com: the account is disabled.',
        hint: 'Run "tokentray login sftpgo/work". Ask its administrator.',
      })
    }
    const reason = {
      sentence: 'files.example.com: the account is disabled.',
      hint: 'Ask its administrator.',
      at,
    }
    expect(settings.read().accounts[0]?.loginRequiredBecause).toEqual(reason)
    expect(reasons).toEqual([reason])
  })

  it('in the audit log, once', async () => {
    const { ask, recorded } = await refusedWith(disabled())
    await codeOf(ask())
    await codeOf(ask())
    expect(recorded.filter(({ event }) => event === 'login_required')).toEqual([
      {
        event: 'login_required',
        account: 'sftpgo/work',
        reason: 'files.example.com: the account is disabled.',
        route: 'broker',
      },
    ])
  })

  it('after a restart as well', async () => {
    const before = await refusedWith(disabled())
    await codeOf(before.ask())
    const test = await makeBroker({ after: before })
    const account = test.broker.accounts.get('sftpgo/work')
    const refusal = await refusalOf(test.issue(cliClient, account))
    expect(refusal.message).toContain('files.example.com: the account is disabled.')
    expect(refusal.hint).toContain('Ask its administrator.')
  })

  it('even if that cannot be stored', async () => {
    const test = await refusedWith(disabled())
    test.faults.settings = diskFull()
    await codeOf(test.ask())
    expect((await refusalOf(test.ask())).message).toContain('the account is disabled.')
    expect(test.broker.accounts.get('sftpgo/work').record).toMatchObject({
      state: 'login_required',
      loginRequiredBecause: { sentence: 'files.example.com: the account is disabled.' },
    })
    test.faults.settings = null
    const { record } = await test.loginAgain()
    expect(record).toMatchObject({ state: 'signed_in' })
    expect(record).not.toHaveProperty('loginRequiredBecause.sentence')
  })

  it('until it is logged in', async () => {
    const { ask, loginAgain, broker, service, clock } = await refusedWith(disabled())
    await codeOf(ask())
    expect((await loginAgain()).record).not.toHaveProperty('loginRequiredBecause.sentence')
    await ask()
    service.failNext('login', new TokentrayError('wrong_credentials', 'Another reason.'))
    await clock.advance(20 * MINUTE)
    expect((await refusalOf(ask())).message).toContain('Another reason.')
    await broker.logins.logout(broker.accounts.get('sftpgo/work'))
    expect((await refusalOf(ask())).message).toBe('sftpgo/work is logged out.')
    expect(JSON.stringify(broker.accounts.get('sftpgo/work').record)).not.toContain('reason')
  })

  it('if its password is missing from the keychain', async () => {
    const { ask, broker, vault, account, clock } = await signedIn()
    broker.lock()
    broker.unlock()
    await vault.delete(credentialKey(account.record))
    await clock.advance(20 * MINUTE)
    expect((await refusalOf(ask())).message).toBe(
      'sftpgo/work needs you to log in again: The saved password or key is no longer in the keychain.',
    )
  })

  it('if its session has expired and a new one needs a code', async () => {
    const test = await makeBroker()
    test.service.code = '123456'
    const account = await test.newAccount('work', 0, '123456')
    await test.clock.advance(20 * MINUTE)
    expect((await refusalOf(test.issue(cliClient, account))).message).toBe(
      'sftpgo/work needs you to log in again: ' +
        'The session has ended, and a new one needs a one-time code.',
    )
    expect(test.reasons).toMatchObject([{ sentence: expect.stringMatching(/one-time code/) }])
  })

  it('if a form value is unusable, with a hint', async () => {
    const error = new TokentrayError('invalid_request', 'The CA file is gone.', {
      hint: 'Put it back.',
    })
    const { ask } = await refusedWith(error)
    expect(await refusalOf(ask())).toMatchObject({
      message: 'sftpgo/work cannot be used: The CA file is gone.',
      hint: expect.stringMatching(/^Put it back\. .*tokentray login sftpgo\/work --set/),
    })
  })

  it('on one line of limited length, whatever the service says', async () => {
    const sentence = `Refused:\u001b[2J\u202e\n${'x'.repeat(10_000)}`
    const { ask, settings } = await refusedWith(new TokentrayError('wrong_credentials', sentence))
    await codeOf(ask())
    const stored = settings.read().accounts[0]?.loginRequiredBecause?.sentence ?? ''
    expect(stored).toHaveLength(200)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none
    expect(stored).not.toMatch(/[\u0000-\u001f\u202e]/)
  })
})
