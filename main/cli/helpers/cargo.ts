import { isTokentrayError, type TokentrayError, toTokentrayError } from '../../base/errors.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { parseCargoRequest } from './cargo-protocol.ts'
import { authorizationOf, findAnswering } from './find-token.ts'

/** Shown with the token in the activity record. */
const REASON = 'cargo'

/** Replies to each request of cargo until it closes standard input. */
export async function replyToCargo({
  inputLines,
  screen,
  connect,
  now,
}: Pick<Context, 'inputLines' | 'screen' | 'connect' | 'now'>): Promise<void> {
  const say = (message: object) => screen.raw(`${JSON.stringify(message)}\n`)
  // The versions of the protocol that this speaks; cargo waits for it.
  say({ v: [1] })
  for await (const line of inputLines()) say(await replyToLine(line, connect, now))
}

/** Exactly one reply to a line; cargo shows what is in an `Err`. */
export async function replyToLine(
  line: string,
  connect: () => Api,
  now: () => number,
): Promise<object> {
  try {
    const request = parseCargoRequest(line)
    if (!request.wantsToken) return refusal('operation-not-supported')
    // Cargo asks the next provider.
    if (request.url === null) return refusal('url-not-supported')
    const { url, username } = request
    const api = connect()
    const wanted = { url, ...(username !== undefined && { username }) }
    const account = await findAnswering(api, wanted)
    if (account === null) return refusal('url-not-supported')
    // Another account must not be used instead of the one that the configuration names.
    if (username !== undefined && !isNamed(account, username)) return refusal('not-found')
    const answer = await api.issue({ account, reason: REASON })
    const { scheme, credential } = authorizationOf(answer)
    const expiration = Math.floor(now() / 1000) + answer.expires_in
    // Cargo puts the token into "Authorization" as it is.
    const token = `${scheme} ${credential}`
    return {
      Ok: { kind: 'get', token, cache: 'expires', expiration, operation_independent: true },
    }
  } catch (error) {
    return toReply(isTokentrayError(error) ? error : toTokentrayError(error))
  }
}

const isNamed = (account: string, name: string) =>
  account === name || account.slice(account.indexOf('/') + 1) === name

const refusal = (kind: string) => ({ Err: { kind } })

const toReply = ({ message, hint }: TokentrayError) => ({
  Err: { kind: 'other', message, 'caused-by': [hint] },
})
