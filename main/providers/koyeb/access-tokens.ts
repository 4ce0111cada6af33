import { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext } from '../provider.ts'
import { readObject, readToken } from '../wire/json-object.ts'
import { hostOf } from '../wire/service-address.ts'
import { refusedStatus } from '../wire/service-errors.ts'
import { errorSourceOf, isServiceError, namesOnly } from './answers.ts'
import { callKoyeb, enteredOrganization } from './call.ts'
import { apiTokenRefusal } from './refusals.ts'

/** Such a token is over before anybody could use it. */
const TRIAL_SECONDS = 1

interface Wanted {
  /** The id of the organisation. */
  readonly organization: string
  readonly seconds: number
}

/** Asks once for an access token; `token` is the API token. */
export async function askForToken(
  { organization, seconds }: Wanted,
  token: Secret,
  values: FormValues,
  context: ProviderContext,
): Promise<HttpResponse> {
  const path = `/v1/organizations/${organization}/access_token`
  const body = { validity: `${seconds}s` }
  return callKoyeb(values, { method: 'POST', path, token, body }, context)
}

/**
 * Makes an access token that nobody gets and that ends by itself. An API token that may make none is
 * `wrong_credentials`; an entered organisation that is not one of the caller's is `invalid_request`.
 */
export async function proveMinting(
  ownOrganization: string,
  token: Secret,
  values: FormValues,
  context: ProviderContext,
): Promise<void> {
  const organization = enteredOrganization(values) ?? ownOrganization
  const answer = await askForToken({ organization, seconds: TRIAL_SECONDS }, token, values, context)
  if (answer.status === 200) {
    readToken(readObject(answer), 'token')
    return
  }
  // No shortest life is documented: a complaint about this one says nothing against the token.
  if (isServiceError(answer, 400) && namesOnly(answer, 'validity')) return
  if (organization !== ownOrganization) {
    if (isServiceError(answer, 400)) throw unknownOrganization(values)
    if (isServiceError(answer, 403)) throw strangeOrganization(values)
  }
  throw mintRefusal(answer, values, context)
}

/** What a refusal to make an access token means. */
export function mintRefusal(
  answer: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  if (answer.status === 404 && errorSourceOf(answer) === 'service')
    return unknownOrganization(values)
  if (!isServiceError(answer, 400)) return apiTokenRefusal(answer, values, context)
  return refusedStatus(hostOf(values), 400, 'Check "Organisation id" of the account.')
}

function unknownOrganization(values: FormValues): TokentrayError {
  return new TokentrayError(
    'invalid_request',
    `"Organisation id": ${hostOf(values)} knows no such organisation.`,
    {
      field: 'organization',
      hint: 'Correct it, or leave it empty for the organisation of the token.',
    },
  )
}

/** The service does not say whether it is for the organisation or for the kind of token. */
function strangeOrganization(values: FormValues): TokentrayError {
  return new TokentrayError(
    'invalid_request',
    `"Organisation id": ${hostOf(values)} lets this API token make no tokens for that one.`,
    {
      field: 'organization',
      hint: 'Leave it empty, or enter an organisation that you belong to; the API token must be a personal one.',
    },
  )
}
