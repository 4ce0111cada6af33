import { TokentrayError } from '../../base/errors.ts'

/** What cargo asks for. */
export interface CargoRequest {
  /** False for a request to log in or out, which are not cargo's here. */
  readonly wantsToken: boolean
  /** The address of the registry's index; `null` for a protocol other than http and https. */
  readonly url: string | null
  /** Which of several accounts is meant: the argument in cargo's configuration. */
  readonly username: string | undefined
}

const VERSION = 1
const LONGEST_REQUEST = 65_536
/** How cargo marks an index that is fetched by HTTP. */
const SPARSE = /^sparse\+/

/**
 * Reads one line of cargo's (the chapter "Credential Provider Protocol" of its manual). Throws `invalid_request` for
 * what cargo never sends, without repeating it.
 */
export function parseCargoRequest(line: string): CargoRequest {
  const request = toRecord(parse(line))
  const index = toRecord(request['registry'])['index-url']
  const args: unknown = request['args'] ?? []
  if (request['v'] !== VERSION || typeof index !== 'string' || !Array.isArray(args)) {
    throw malformed()
  }
  const [username]: readonly unknown[] = args
  if (username !== undefined && typeof username !== 'string') throw malformed()
  const url = index.replace(SPARSE, '')
  return {
    wantsToken: request['kind'] === 'get',
    url: /^https?:\/\//i.test(url) ? url : null,
    username,
  }
}

function parse(line: string): unknown {
  if (line.length > LONGEST_REQUEST) throw malformed()
  try {
    return JSON.parse(line)
  } catch {
    // The reason could repeat what is in the line.
    throw malformed()
  }
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw malformed()
  return value as Readonly<Record<string, unknown>>
}

const malformed = () =>
  new TokentrayError('invalid_request', 'The input is not what cargo sends to a provider.', {
    hint: 'Use a cargo that is 1.74 or newer.',
  })
