import { isTokentrayError, type TokentrayError } from '../base/errors.ts'
import type { AccessToken, ProviderContext, ProviderSession } from './provider.ts'
import { endKey, mintKey } from './sftpgo-keys.ts'
import { readVerdict, tryToken } from './sftpgo-probe.ts'
import { whyNoKeys } from './sftpgo-why-no-keys.ts'

/** What is left of a trial that broke off ends by itself after that. */
const TRIAL_SECONDS = 60

/**
 * Makes an API key as a lease would, tries it out and deletes it. A set-up in which leases would get
 * none is `invalid_request`, one in which keys are not taken `not_supported`; the session's token is
 * the caller's to end.
 */
export async function tryKeys(session: ProviderSession, context: ProviderContext): Promise<void> {
  const leaseId = `check-${context.newId()}`
  const token = await makeKey(session, leaseId, context)
  const refusal = await tryOut(token, leaseId, session, context)
  await endKey({ leaseId, token }, session, context)
  if (refusal) throw refusal
}

async function makeKey(
  session: ProviderSession,
  leaseId: string,
  context: ProviderContext,
): Promise<AccessToken> {
  try {
    return await mintKey(session, { leaseId, lifetimeSeconds: TRIAL_SECONDS }, context)
  } catch (error) {
    // It may have been made, by an answer that never came or cannot be read.
    if (isUnclear(error)) await endKey({ leaseId }, session, context).catch(() => undefined)
    throw error
  }
}

/** Why the key is not taken; `null` if it is. */
async function tryOut(
  token: AccessToken,
  leaseId: string,
  session: ProviderSession,
  context: ProviderContext,
): Promise<TokentrayError | null> {
  const { values } = session
  try {
    const answer = await tryToken(token, values, context)
    const verdict = readVerdict(answer, token, values, context)
    return verdict === 'refused' ? await whyNoKeys(answer, session, context) : null
  } catch (error) {
    // What went wrong with the trial matters more than a key that ends within a minute.
    await endKey({ leaseId, token }, session, context).catch(() => undefined)
    throw error
  }
}

function isUnclear(error: unknown): boolean {
  if (!isTokentrayError(error)) return true
  return error.code === 'temporarily_unavailable' || error.code === 'unexpected_answer'
}
