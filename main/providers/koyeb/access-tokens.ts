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

/** Such a token expires before it could be used. */
const TRIAL_SECONDS = 1

interface Wanted {
  /** The id of the organization. */
  readonly organization: string
  readonly seconds: number
}

/** Requests an access token once; `token` is the API token. */
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
 * Creates an access token that is dropped and expires at once. Rejects with `wrong_credentials` for an API
 * token that may not create any, and `invalid_request` for an entered organization that is not the caller's.
 */
export async function proveMinting(
  ownOrganization: string,
  token: Secret,
  values: FormValues,
  context: ProviderContext,
): Promise<void> {
  const organization = enteredOrganization(values) ?? ownOrganization
  const response = await askForToken(
    { organization, seconds: TRIAL_SECONDS },
    token,
    values,
    context,
  )
  if (response.status === 200) {
    readToken(readObject(response), 'token')
    return
  }
  // No minimum lifetime is documented: an error about it says nothing about the token.
  if (isServiceError(response, 400) && namesOnly(response, 'validity')) return
  if (organization !== ownOrganization) {
    if (isServiceError(response, 400)) throw unknownOrganization(values)
    if (isServiceError(response, 403)) throw otherOrganization(values)
  }
  throw mintRefusal(response, values, context)
}

/** The error for a refusal to create an access token. */
export function mintRefusal(
  response: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  if (response.status === 404 && errorSourceOf(response) === 'service')
    return unknownOrganization(values)
  if (!isServiceError(response, 400)) return apiTokenRefusal(response, values, context)
  return refusedStatus(hostOf(values), 400, 'Check the organization ID of the account.')
}

function unknownOrganization(values: FormValues): TokentrayError {
  return new TokentrayError(
    'invalid_request',
    `"Organization ID": ${hostOf(values)} knows no such organization.`,
    {
      field: 'organization',
      hint: 'Correct it, or leave it empty for the organization of the token.',
    },
  )
}

/** The service does not say whether the organization or the kind of token is the reason. */
function otherOrganization(values: FormValues): TokentrayError {
  return new TokentrayError(
    'invalid_request',
    `${hostOf(values)} does not let this API token create tokens for that organization.`,
    {
      field: 'organization',
      hint: 'Leave it empty, or enter an organization that you belong to. The API token must be a personal one.',
    },
  )
}
