import type { Secret } from '../../base/secret.ts'
import type { HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext, ProviderSession } from '../provider.ts'
import { readObject } from '../wire/json-object.ts'
import { refusedStatus } from '../wire/service-errors.ts'
import { hostOf, isHostedService } from './address.ts'
import { isMissing, isRefusedToken, isServiceError, refusal } from './answers.ts'
import { callSvix, postOnce } from './call.ts'
import { type Generation, openPortal } from './portal.ts'

/** The shortest possible; the token of an interrupted trial stays valid for this long. */
const TRIAL_SECONDS = 3_600

/** What the trial found out about the server; stored with the account. */
interface Tried {
  readonly generation: Generation
  /** `yes`: it uses the requested session id, so that a token can be revoked by it. */
  readonly sessions: 'yes' | 'no'
}

/**
 * Creates a portal token as a lease would, asks the server about it and logs it out. Rejects with
 * `wrong_credentials` for a key that may not create tokens. Sends nothing twice.
 */
export async function tryPortal(
  session: ProviderSession,
  context: ProviderContext,
): Promise<Tried> {
  const { values } = session
  const leaseId = `tokentray-check-${context.newId()}`
  const request = { leaseId, lifetimeSeconds: TRIAL_SECONDS }
  const { token, learned } = await openPortal(session, request, context, postOnce)
  // Not recorded before it exists, because the server may not support session ids.
  await context.trials?.made(token, values, 'lease')
  const end = async () => {
    await logOut(token.value, values, context)
    context.trials?.ended(token)
  }
  const sessions = await findSessions(token.value, leaseId, values, context).catch(
    async (error: unknown) => {
      // The first error matters more; a recorded token is revoked later.
      await end().catch(() => undefined)
      throw error
    },
  )
  await end()
  return { generation: learned?.generation ?? 'current', sessions }
}

async function findSessions(
  token: Secret,
  sessionId: string,
  values: FormValues,
  context: ProviderContext,
): Promise<Tried['sessions']> {
  const response = await callSvix(values, { method: 'GET', route: '/auth/whoami', token }, context)
  if (response.status === 200) return readObject(response)['sessionId'] === sessionId ? 'yes' : 'no'
  // The route is undocumented, but the hosted service is known to support session ids.
  if (isClosed(response)) return isHostedService(values) ? 'yes' : 'no'
  throw trialRefusal(response, values, context)
}

/** A route that does not exist, or does not accept portal tokens. */
function isClosed(response: HttpResponse): boolean {
  return isMissing(response) || (response.status === 403 && isServiceError(response))
}

async function logOut(token: Secret, values: FormValues, context: ProviderContext): Promise<void> {
  const response = await postOnce(values, { route: '/auth/logout', token }, context)
  if (response.status === 204 || isRefusedToken(response)) return
  throw trialRefusal(response, values, context)
}

/** An error that does not blame the key, because the call was not made with it. */
function trialRefusal(response: HttpResponse, values: FormValues, context: ProviderContext) {
  const { status } = response
  return status === 429 ? refusal(response, values, context) : refusedStatus(hostOf(values), status)
}
