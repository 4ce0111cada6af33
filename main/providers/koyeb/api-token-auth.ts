import { TokentrayError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import type { Driver, FormValues, Login, LoginForm, ProviderContext } from '../provider.ts'
import { parseExpiry } from '../wire/expiry.ts'
import { readMember, readObject, readToken } from '../wire/json-object.ts'
import { isSuccess } from '../wire/received-token.ts'
import { askForToken, mintRefusal, proveMinting } from './access-tokens.ts'
import { isServiceError, readOrganization } from './answers.ts'
import { callKoyeb, enteredOrganization, isOrganizationId, placeOf, toAccessToken } from './call.ts'
import { apiTokenRefusal, otherRefusal } from './refusals.ts'

/** The longest lifetime that the service allows. */
const LONGEST_SECONDS = 86_400
const ORGANIZATION = { method: 'GET', path: '/v1/account/organization' } as const

/**
 * Tries the API token: reads its organization, which every token may do, and creates an access token, which
 * only a personal one may. That access token is dropped and expires.
 */
export async function logInByToken(
  { values, secrets }: LoginForm,
  context: ProviderContext,
): Promise<Login> {
  const token = parseApiToken(secrets['token'])
  const entered = enteredOrganization(values)
  const response = await callKoyeb(values, { ...ORGANIZATION, token }, context)
  if (response.status !== 200) throw apiTokenRefusal(response, values, context)
  const { id, name } = readOrganization(response)
  await proveMinting(id, token, values, context)
  // The response is always about the token's own organization.
  const who = entered === null || entered === id ? (name ?? id) : entered
  return {
    label: `${who} at ${placeOf(values)}`,
    credential: { token },
    usedCode: false,
    // Also if the form names another one, which the user may remove later.
    learned: { organizationId: id },
  }
}

/** Creates a token for each lease, which cannot be revoked before it expires. */
export const apiTokenDriver: Driver = {
  leaseKinds: ['dedicated'],
  mintsFrom: 'credential',
  caution: 'Koyeb cannot revoke tokens early. Keep the lifetime short.',

  async mint({ values, credential }, { lifetimeSeconds }, context) {
    const { token } = credential
    if (!token) throw new TokentrayError('wrong_credentials', 'The API token is no longer stored.')
    const seconds = Math.min(lifetimeSeconds, LONGEST_SECONDS)
    const sentAt = context.clock.now()
    const wanted = { organization: organizationOf(values), seconds }
    const response = await askForToken(wanted, token, values, context)
    if (!isSuccess(response)) throw mintRefusal(response, values, context)
    const value = new Secret(readToken(readObject(response), 'token'))
    // The response contains no time: the lifetime began after the request was sent.
    const expiry = { as: 'lifetime_seconds', value: seconds, sentAt } as const
    return { token: toAccessToken(value, parseExpiry(expiry, response.skewMs)) }
  },

  async probe(token, values, context) {
    const response = await callKoyeb(values, { ...ORGANIZATION, token: token.value }, context)
    if (response.status === 200) {
      readMember(readObject(response), 'organization')
      return 'accepted'
    }
    if (isServiceError(response, 401)) return 'refused'
    // Whether an access token may make this call is undocumented. Taking a valid token for refused would
    // replace it at every check, and the old one cannot be revoked.
    throw otherRefusal(response, values, context)
  },
}

function parseApiToken(entered: Secret | undefined): Secret {
  const text = entered?.reveal().trim() ?? ''
  if (text === '') {
    throw new TokentrayError('invalid_request', '"API token" is required.', { field: 'token' })
  }
  if (/^[\x21-\x7e]{1,8192}$/.test(text)) return new Secret(text)
  throw new TokentrayError('invalid_request', 'That is not a valid API token.', {
    field: 'token',
    hint: 'Paste only the token, without spaces or other words.',
  })
}

function organizationOf(values: FormValues): string {
  const id = enteredOrganization(values) ?? values['organizationId'] ?? ''
  if (isOrganizationId(id)) return id
  throw new TokentrayError('invalid_request', 'The organization of the account is not known.', {
    hint: 'Log in again.',
  })
}
