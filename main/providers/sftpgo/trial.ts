import type { TokentrayError } from '../../base/errors.ts'
import type { AccessToken, ProviderContext, ProviderSession } from '../provider.ts'
import { endKey, isDenied, mintKey } from './keys.ts'
import { readVerdict, tryToken } from './probe.ts'
import { whyNoKeys } from './why-no-keys.ts'

/** What is left of a trial that broke off is not taken any more after that. */
const TRIAL_SECONDS = 60

/**
 * Makes an API key as a lease would, tries it out and deletes it. A set-up in which leases would get
 * none is `invalid_request`, one in which keys are not taken `not_supported`; the session's token is
 * the caller's to end. The service never removes a key, so that it is on record before it is made.
 */
export async function tryKeys(session: ProviderSession, context: ProviderContext): Promise<void> {
  const leaseId = `check-${context.newId()}`
  const end = async (token?: AccessToken) => {
    await endKey({ leaseId, ...(token && { token }) }, session, context)
    context.trials?.ended(leaseId)
  }
  const token = await makeKey(leaseId, session, context, end)
  const refusal = await tryOut(token, session, context).catch(async (error: unknown) => {
    // What went wrong with the trial matters more than a key that is of no use within a minute.
    await end(token).catch(() => undefined)
    throw error
  })
  await end(token)
  if (refusal) throw refusal
}

async function makeKey(
  leaseId: string,
  session: ProviderSession,
  context: ProviderContext,
  end: () => Promise<void>,
): Promise<AccessToken> {
  const { trials } = context
  await trials?.plan(leaseId, session.values)
  let token: AccessToken
  try {
    token = await mintKey(session, { leaseId, lifetimeSeconds: TRIAL_SECONDS }, context)
  } catch (error) {
    if (isDenied(error)) trials?.ended(leaseId)
    // It may have been made, by an answer that never came or cannot be read; a record is looked into
    // again later, when the question can be under way no more.
    else if (!trials) await end().catch(() => undefined)
    throw error
  }
  await trials?.made(token, session.values, leaseId)
  return token
}

/** Why the key is not taken; `null` if it is. */
async function tryOut(
  token: AccessToken,
  session: ProviderSession,
  context: ProviderContext,
): Promise<TokentrayError | null> {
  const { values } = session
  const answer = await tryToken(token, values, context)
  const verdict = readVerdict(answer, token, values, context)
  return verdict === 'refused' ? await whyNoKeys(answer, session, context) : null
}
