import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { FindAccountRequest, TokenAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'

/** The ID of the account that answers for this address; `null` if there is none, or if it is no address. */
export async function findAnswering(api: Api, wanted: FindAccountRequest): Promise<string | null> {
  try {
    return (await api.findAccount(wanted)).id
  } catch (error) {
    const isNone =
      isTokentrayError(error) && (error.code === 'not_found' || error.code === 'invalid_request')
    if (isNone) return null
    throw error
  }
}

/** A token as one header carries it. */
export interface Authorization {
  /** As the header has it, such as Bearer. */
  readonly scheme: string
  readonly credential: string
}

/** The token, if the header `Authorization` alone carries it, on one line; throws `not_supported` otherwise. */
export function authorizationOf({ account, headers }: TokenAnswer): Authorization {
  const [header, ...others] = Object.entries(headers)
  const [name = '', value = ''] = header ?? []
  const [, scheme = '', credential = ''] = /^([\w-]+) ([\x21-\x7e]+)$/.exec(value) ?? []
  if (name.toLowerCase() === 'authorization' && others.length === 0 && credential !== '') {
    return { scheme, credential }
  }
  throw new TokentrayError('not_supported', `Tokens of ${account} do not fit here.`, {
    hint: 'Its service does not take them in the header "Authorization" alone.',
  })
}

/** A user name and a password. */
export interface Login {
  readonly username: string
  readonly password: string
}

/**
 * The token for a program that sends HTTP Basic: it is the password, unless its service takes Basic itself. Throws
 * `not_supported` as `authorizationOf` does.
 */
export function basicOf(answer: TokenAnswer, username?: string): Login {
  const { scheme, credential } = authorizationOf(answer)
  const own = answer.account.slice(answer.account.indexOf('/') + 1)
  if (scheme.toLowerCase() !== 'basic') return { username: username || own, password: credential }
  const text = Buffer.from(credential, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  const login = { username: text.slice(0, colon), password: text.slice(colon + 1) }
  // Security: a line break would begin another line of a protocol.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (colon < 0 || /[\u0000-\u001f\u007f]/.test(text)) throw new TokentrayError('unexpected_answer')
  return login
}
