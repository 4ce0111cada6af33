import { isTokentrayError, type TokentrayError } from '../../base/errors.ts'
import type { TokenAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { authorizationOf, basicOf, findAnswering } from './find-token.ts'
import { type GitRequest, parseGitRequest } from './git-protocol.ts'
import { type HelperReply, nothing, onOneLine } from './helper-reply.ts'

/** Shown with the token in the activity record. */
const REASON = 'git'

/** Replies to git: `get` gives a token, `erase` says that the server refused one, and anything else does nothing. */
export async function replyToGit(
  verb: string,
  { readInput, connect, now }: Pick<Context, 'readInput' | 'connect' | 'now'>,
): Promise<HelperReply> {
  // Tokens are not stored, and git may learn other verbs.
  if (verb !== 'get' && verb !== 'erase') return nothing
  const request = parseGitRequest(await readInput())
  if (request.url === null) return nothing
  const { url, username } = request
  const api = connect()
  const wanted = { url, ...(username !== undefined && { username }) }
  try {
    const account = await findAnswering(api, wanted)
    if (account === null) return nothing
    if (verb === 'get') return await give(account, request, api, now)
    await refuse(account, request, api)
    return nothing
  } catch (error) {
    // Of several accounts git could take none, and would ask for a password that there is not.
    if (verb === 'get' && isTokentrayError(error) && error.code === 'invalid_target') {
      return quit(error)
    }
    throw error
  }
}

async function give(
  account: string,
  request: GitRequest,
  api: Api,
  now: () => number,
): Promise<HelperReply> {
  try {
    const answer = await api.issue({ account, reason: REASON })
    return { out: toLines(request, answer, now()), exit: 0 }
  } catch (error) {
    if (!isTokentrayError(error)) throw error
    // Another helper may have what Tokentray cannot give in this way.
    if (error.code === 'not_supported') return { ...nothing, note: onOneLine(error) }
    return quit(error)
  }
}

/** Stops git, which would otherwise ask the user for a password. */
const quit = (error: TokentrayError): HelperReply => ({
  out: 'quit=1\n',
  note: onOneLine(error),
  exit: 0,
})

function toLines(
  { knowsSchemes, challenges, username }: GitRequest,
  answer: TokenAnswer,
  now: number,
): string {
  const { scheme, credential } = authorizationOf(answer)
  const isOf = (name: string) => (each: string) => each.toLowerCase() === name.toLowerCase()
  // Many servers take a token as a Basic password alone, and say so.
  const wantsBasic = challenges.some(isOf('basic')) && !challenges.some(isOf(scheme))
  if (knowsSchemes && !wantsBasic && !isOf('basic')(scheme)) {
    // Security: "ephemeral" keeps other helpers from storing it.
    return `capability[]=authtype\nauthtype=${scheme}\ncredential=${credential}\nephemeral=1\n`
  }
  const login = basicOf(answer, username)
  const expiry = Math.floor(now / 1000) + answer.expires_in
  return `username=${login.username}\npassword=${login.password}\npassword_expiry_utc=${expiry}\n`
}

/** Reports the token as refused, if it is the one that is handed out now: the next one is checked first, or new. */
async function refuse(
  account: string,
  { password, credential }: GitRequest,
  api: Api,
): Promise<void> {
  const current = await api.issue({ account, reason: REASON })
  const { credential: now } = authorizationOf(current)
  const isCurrent = credential === now || password === basicOf(current).password
  if (isCurrent) await api.issue({ account, reason: REASON, refused_lease: current.lease_id })
}
