import { Secret } from '../../main/base/secret.ts'
import type { Account } from '../../main/broker/account/accounts.ts'
import type { Broker } from '../../main/broker/broker.ts'
import type { FilledForm } from '../simulators/five-services.ts'

/** Logs in with a form and adds the account, as `PROVIDER/demo` unless another name is given. */
export async function logInTo(
  { logins, providers }: Broker,
  { provider: id, values, secrets }: FilledForm,
  name = 'demo',
): Promise<Account> {
  const provider = providers.find((each) => each.id === id)
  if (!provider) throw new Error(`There is no provider ${id}.`)
  return await logins.add({
    ...{ provider, name, values },
    secrets: Object.fromEntries(
      Object.entries(secrets).map(([field, secret]) => [field, new Secret(secret)]),
    ),
  })
}
