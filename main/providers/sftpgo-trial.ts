import { isTokentrayError, TokentrayError } from '../base/errors.ts'
import type { AccessToken, FormValues, ProviderContext, ProviderSession } from './provider.ts'
import { hostOf } from './sftpgo-call.ts'
import { endKey, mintKey } from './sftpgo-keys.ts'
import { probeToken } from './sftpgo-probe.ts'

/** What is left of a trial that broke off ends by itself after that. */
const TRIAL_SECONDS = 60

/**
 * Makes an API key as a lease would, tries it out and deletes it. A set-up in which leases would get
 * none, or one that is not taken, is `invalid_request`; the session's token is the caller's to end.
 */
export async function tryKeys(session: ProviderSession, context: ProviderContext): Promise<void> {
  const leaseId = `check-${context.newId()}`
  const token = await makeKey(session, leaseId, context)
  const verdict = await tryOut(token, leaseId, session, context)
  await endKey({ leaseId, token }, session, context)
  if (verdict === 'refused') throw keysRefused(session.values)
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

async function tryOut(
  token: AccessToken,
  leaseId: string,
  session: ProviderSession,
  context: ProviderContext,
): Promise<'accepted' | 'refused'> {
  try {
    return await probeToken(token, session.values, context)
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

function keysRefused(values: FormValues): TokentrayError {
  const { keyUser, username = '' } = values
  const whom = keyUser ? `the user ${keyUser}` : `the administrator ${username}`
  return new TokentrayError(
    'invalid_request',
    `${hostOf(values)} takes no API key for ${whom}: that account does not allow API key authentication.`,
    {
      hint: 'Switch "allow API key authentication" on for it, or name another user in "Keys act for".',
    },
  )
}
