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

/** The service gives no longer life. */
const LONGEST_SECONDS = 86_400
const ORGANIZATION = { method: 'GET', path: '/v1/account/organization' } as const

/**
 * Tries out the API token: asks for its organisation, which every one may do, and makes an access
 * token, which only a personal one may. That is never kept, and ends by itself.
 */
export async function logInByToken(
  { values, secrets }: LoginForm,
  context: ProviderContext,
): Promise<Login> {
  const token = parseApiToken(secrets['token'])
  const entered = enteredOrganization(values)
  const answer = await callKoyeb(values, { ...ORGANIZATION, token }, context)
  if (answer.status !== 200) throw apiTokenRefusal(answer, values, context)
  const { id, name } = readOrganization(answer)
  await proveMinting(id, token, values, context)
  // The answer names the token's own organisation and no other.
  const who = entered === null || entered === id ? (name ?? id) : entered
  return {
    label: `${who} at ${placeOf(values)}`,
    credential: { token },
    usedCode: false,
    // Also where the form names another: the person may take that out again.
    learned: { organizationId: id },
  }
}

/** Mints a token of its own for each lease, which ends with its time and not before. */
export const apiTokenDriver: Driver = {
  leaseKinds: ['dedicated'],
  mintsFrom: 'credential',
  caution: 'Koyeb cannot revoke tokens early. Keep the lifetime short.',

  async mint({ values, credential }, { lifetimeSeconds }, context) {
    const { token } = credential
    if (!token) throw new TokentrayError('wrong_credentials', 'There is no API token any more.')
    const seconds = Math.min(lifetimeSeconds, LONGEST_SECONDS)
    const sentAt = context.clock.now()
    const wanted = { organization: organizationOf(values), seconds }
    const answer = await askForToken(wanted, token, values, context)
    if (!isSuccess(answer)) throw mintRefusal(answer, values, context)
    const value = new Secret(readToken(readObject(answer), 'token'))
    // The answer holds no time: the token's life began after the question was sent.
    const expiry = { as: 'lifetime_seconds', value: seconds, sentAt } as const
    return { token: toAccessToken(value, parseExpiry(expiry, answer.skewMs)) }
  },

  async probe(token, values, context) {
    const answer = await callKoyeb(values, { ...ORGANIZATION, token: token.value }, context)
    if (answer.status === 200) {
      readMember(readObject(answer), 'organization')
      return 'accepted'
    }
    if (isServiceError(answer, 401)) return 'refused'
    // Whether an access token may ask this is written nowhere. A token taken for refused without
    // need would be replaced at every look, and nothing ends the one before.
    throw otherRefusal(answer, values, context)
  },
}

function parseApiToken(entered: Secret | undefined): Secret {
  const text = entered?.reveal().trim() ?? ''
  if (text === '') {
    throw new TokentrayError('invalid_request', 'The API token is missing.', { field: 'token' })
  }
  if (/^[\x21-\x7e]{1,8192}$/.test(text)) return new Secret(text)
  throw new TokentrayError('invalid_request', 'The API token is not one.', {
    field: 'token',
    hint: 'Paste the token alone, with no word or blank in it.',
  })
}

function organizationOf(values: FormValues): string {
  const id = enteredOrganization(values) ?? values['organizationId'] ?? ''
  if (isOrganizationId(id)) return id
  throw new TokentrayError('invalid_request', 'The organisation of the account is not known.', {
    hint: 'Log in again.',
  })
}
