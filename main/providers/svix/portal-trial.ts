import type { Secret } from '../../base/secret.ts'
import type { HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext, ProviderSession } from '../provider.ts'
import { readObject } from '../wire/json-object.ts'
import { refusedStatus } from '../wire/service-errors.ts'
import { hostOf, isHostedService } from './address.ts'
import { isMissing, isRefusedToken, isServiceError, refusal } from './answers.ts'
import { callSvix, postOnce } from './call.ts'
import { type Generation, openPortal } from './portal.ts'

/** The shortest that can be asked for: where a trial breaks off, its token lives as long. */
const TRIAL_SECONDS = 3_600

/** What a server that can end tokens does with the wishes for one; kept with the account. */
interface Tried {
  readonly generation: Generation
  /** `yes`: it makes a token under the session id that is asked for, so that it can be named. */
  readonly sessions: 'yes' | 'no'
}

/**
 * Makes a portal token as a lease would, asks the server what it knows of it and logs it out. A key
 * that may make none is `wrong_credentials`; nothing is sent twice.
 */
export async function tryPortal(
  session: ProviderSession,
  context: ProviderContext,
): Promise<Tried> {
  const { values } = session
  const leaseId = `tokentray-check-${context.newId()}`
  const request = { leaseId, lifetimeSeconds: TRIAL_SECONDS }
  const { token, learned } = await openPortal(session, request, context, postOnce)
  // Not before it is made: whether a server knows session ids is what this finds out.
  await context.trials?.made(token, values, 'lease')
  const end = async () => {
    await logOut(token.value, values, context)
    context.trials?.ended(token)
  }
  const sessions = await findSessions(token.value, leaseId, values, context).catch(
    async (error: unknown) => {
      // What went wrong first matters more; what is on record goes on being ended.
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
  const answer = await callSvix(values, { method: 'GET', route: '/auth/whoami', token }, context)
  if (answer.status === 200) return readObject(answer)['sessionId'] === sessionId ? 'yes' : 'no'
  // The route is not promised, but at the service itself session ids are.
  if (isClosed(answer)) return isHostedService(values) ? 'yes' : 'no'
  throw trialRefusal(answer, values, context)
}

/** A route that is not there, or not for the token of a portal. */
function isClosed(answer: HttpResponse): boolean {
  return isMissing(answer) || (answer.status === 403 && isServiceError(answer))
}

async function logOut(token: Secret, values: FormValues, context: ProviderContext): Promise<void> {
  const answer = await postOnce(values, { route: '/auth/logout', token }, context)
  if (answer.status === 204 || isRefusedToken(answer)) return
  throw trialRefusal(answer, values, context)
}

/** It is not the key that was asked with, so nothing is said about that. */
function trialRefusal(answer: HttpResponse, values: FormValues, context: ProviderContext) {
  const { status } = answer
  return status === 429 ? refusal(answer, values, context) : refusedStatus(hostOf(values), status)
}
