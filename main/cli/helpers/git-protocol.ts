import { TokentrayError } from '../../base/errors.ts'

/** What git asks for. */
export interface GitRequest {
  /** The address; `null` if the request names none that is http or https. */
  readonly url: string | null
  readonly username: string | undefined
  readonly password: string | undefined
  readonly credential: string | undefined
  /** Git understands tokens of any scheme. */
  readonly knowsSchemes: boolean
  /** The schemes that the server asked for; empty if git does not say. */
  readonly challenges: readonly string[]
}

/** Git's own limit. */
const LONGEST_LINE = 65_535
const LONGEST_INPUT = 1024 * 1024
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

/**
 * Reads git's lines `key=value` up to a blank line or the end (git-credential(1)). Throws `invalid_request` for what git
 * never sends, without repeating it.
 */
export function parseGitRequest(input: string): GitRequest {
  if (input.length > LONGEST_INPUT) throw malformed()
  const values = new Map<string, string>()
  const lists = new Map<string, string[]>()
  for (const line of linesOf(input)) {
    const [key, value] = split(line)
    if (!key.endsWith('[]')) values.set(key, value)
    // An empty one begins the list again.
    else lists.set(key, value === '' ? [] : [...(lists.get(key) ?? []), value])
  }
  return {
    url: toUrl(values),
    username: values.get('username'),
    password: values.get('password'),
    credential: values.get('credential'),
    knowsSchemes: (lists.get('capability[]') ?? []).includes('authtype'),
    challenges: (lists.get('wwwauth[]') ?? []).map((text) => /^[^\s,]*/.exec(text)?.[0] ?? ''),
  }
}

function linesOf(input: string): string[] {
  // Security: programs have read a carriage return or a NUL as the end of a line, and so another host (CVE-2024-52006).
  if (/[\0\r]/.test(input)) throw malformed()
  const lines = input.split('\n')
  const end = lines.indexOf('')
  return end < 0 ? lines : lines.slice(0, end)
}

function split(line: string): readonly [key: string, value: string] {
  const equals = line.indexOf('=')
  if (equals < 1 || Buffer.byteLength(line) > LONGEST_LINE) throw malformed()
  return [line.slice(0, equals), line.slice(equals + 1)]
}

/** Security: without a protocol and a host nothing matches (CVE-2020-5260). */
function toUrl(values: ReadonlyMap<string, string>): string | null {
  const protocol = values.get('protocol') ?? ''
  const host = values.get('host') ?? ''
  if ((protocol !== 'https' && protocol !== 'http') || !HOST.test(host)) return null
  const path = (values.get('path') ?? '').split('/').map(encodeSegment).join('/')
  return `${protocol}://${host}${path === '' ? '' : `/${path}`}`
}

/** Git sends the path decoded. Text that cannot be encoded is half of a character. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(Buffer.from(segment).toString())
}

const malformed = () =>
  new TokentrayError('invalid_request', 'The input is not what git sends to a credential helper.', {
    hint: 'See git-credential(1).',
  })
