import { expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { idle, makeBroker } from '../../helpers/make-broker.ts'
import { MINUTE } from '../set-ups.ts'

const CODE = '123456'

/** An account that the user logged in to with a code at once, required or not. */
async function loggedInWithCode(needed: boolean) {
  const test = await makeBroker()
  const { broker, clock, service } = test
  if (needed) service.code = CODE
  const secrets = { password: new Secret(service.password) }
  const oneTimeCode = new Secret(CODE)
  const values = { url: 'https://service.example' }
  const form = { provider: service.provider, name: 'work', values, secrets, oneTimeCode }
  const account = await broker.logins.add(form)
  const renew = async () => {
    await clock.advance(20 * MINUTE)
    await idle()
    return test.issue(cliClient, account).catch(() => null)
  }
  const record = () => broker.accounts.getByUid(account.uid).record
  return { ...test, account, secrets, oneTimeCode, renew, record }
}

it('a code that was not asked for does not make the account need one: it is renewed without', async () => {
  const { record, renew, service } = await loggedInWithCode(false)
  expect(record()).toMatchObject({ needsCode: false })
  expect(await renew()).not.toBeNull()
  expect(record()).toMatchObject({ state: 'signed_in', needsCode: false })
  expect(service.calls.login).toBe(2)
})

it('an account needs a code once a login that worked with it is refused without; nothing more is sent', async () => {
  const { account, broker, oneTimeCode, record, renew, service } = await loggedInWithCode(true)
  expect(await renew()).toBeNull()
  expect(record()).toMatchObject({ state: 'login_required', needsCode: true })
  expect(service.calls.login).toBe(2)
  await broker.logins.loginAgain(account, { secrets: {}, oneTimeCode })
  expect(record()).toMatchObject({ state: 'signed_in', needsCode: true })
  expect(await renew()).toBeNull()
  expect(service.calls.login).toBe(3)
})

it('an account needs a code at once if the same login was refused without one', async () => {
  const test = await makeBroker()
  test.service.code = CODE
  const { record } = await test.newAccount('work', 0, CODE)
  expect(record).toMatchObject({ needsCode: true })
})

it('an account does not need a code because a different password was refused', async () => {
  const { account, broker, oneTimeCode, record, secrets, service } = await loggedInWithCode(false)
  service.code = CODE
  const wrong = { password: new Secret('mistyped') }
  await broker.logins.loginAgain(account, { secrets: wrong }).catch(() => null)
  service.code = null
  await broker.logins.loginAgain(account, { secrets, oneTimeCode })
  expect(record()).toMatchObject({ state: 'signed_in', needsCode: false })
})
