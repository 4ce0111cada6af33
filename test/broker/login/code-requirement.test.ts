import { expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { idle, makeBroker } from '../../helpers/make-broker.ts'
import { MINUTE } from '../set-ups.ts'

const CODE = '123456'

/** An account that a person has logged in to with a code at once, needed or not. */
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

it('a code that nobody asked for makes no account need one: it is renewed without', async () => {
  const { record, renew, service } = await loggedInWithCode(false)
  expect(record()).toMatchObject({ needsCode: false })
  expect(await renew()).not.toBeNull()
  expect(record()).toMatchObject({ state: 'signed_in', needsCode: false })
  expect(service.calls.login).toBe(2)
})

it('that it is needed shows the first refusal of what was accepted with it, and nothing more is sent', async () => {
  const { account, broker, oneTimeCode, record, renew, service } = await loggedInWithCode(true)
  expect(await renew()).toBeNull()
  expect(record()).toMatchObject({ state: 'login_required', needsCode: true })
  expect(service.calls.login).toBe(2)
  await broker.logins.loginAgain(account, { secrets: {}, oneTimeCode })
  expect(record()).toMatchObject({ state: 'signed_in', needsCode: true })
  expect(await renew()).toBeNull()
  expect(service.calls.login).toBe(3)
})

it('it is known at once where the same login was refused without one', async () => {
  const test = await makeBroker()
  test.service.code = CODE
  const { record } = await test.signIn('work', 0, CODE)
  expect(record).toMatchObject({ needsCode: true })
})

it('it is not known where another password was refused', async () => {
  const { account, broker, oneTimeCode, record, secrets, service } = await loggedInWithCode(false)
  service.code = CODE
  const wrong = { password: new Secret('mistyped') }
  await broker.logins.loginAgain(account, { secrets: wrong }).catch(() => null)
  service.code = null
  await broker.logins.loginAgain(account, { secrets, oneTimeCode })
  expect(record()).toMatchObject({ state: 'signed_in', needsCode: false })
})
