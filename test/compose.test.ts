import { describe, expect, it } from 'vitest'
import { forgetLogins } from '../main/compose.ts'
import { makeBroker } from './helpers/make-broker.ts'

describe('an account that was kept in memory only', () => {
  it('says that its password went with the run before, and asks for no code alone', async () => {
    const { settings, service, signIn } = await makeBroker()
    service.code = '123456'
    await signIn('work', 0, '123456')
    forgetLogins(settings, 5)
    expect(settings.read().accounts).toMatchObject([
      {
        state: 'login_required',
        loginRequiredBecause: {
          sentence: 'Its password was kept in memory only, and went when Tokentray stopped.',
          at: 5,
        },
        needsCode: false,
      },
    ])
  })

  it('stays logged out where it was', async () => {
    const { broker, settings, signIn } = await makeBroker()
    await broker.signing.logout(await signIn())
    forgetLogins(settings, 5)
    expect(settings.read().accounts).toMatchObject([{ state: 'signed_out' }])
  })
})
