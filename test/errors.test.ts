import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ErrorCode, errorTable, reworded, TokentrayError } from '../main/base/errors.ts'
import { toFailure } from '../main/loopback/http/answers.ts'

const root = path.resolve(import.meta.dirname, '..')

interface Row {
  readonly code: string
  readonly when: string
  readonly http: number | null
  readonly exit: number
}

/** The table below the heading "Errors" of ARCHITECTURE.md. */
function readDocumented(): Row[] {
  const text = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8')
  const [, section = ''] = /^## Errors$([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(text) ?? []
  return [...section.matchAll(/^\| `(\w+)` \| (.+) \| (–|\d+) \| (\d+) \|$/gm)].map(
    ([, code = '', when = '', http = '', exit = '']) => ({
      code,
      when,
      http: http === '–' ? null : Number(http),
      exit: Number(exit),
    }),
  )
}

const codes = Object.keys(errorTable) as ErrorCode[]

describe('the error table', () => {
  it('matches the documentation, row by row', () => {
    const inCode = codes.map((code) => {
      const { http, exit } = errorTable[code]
      return { code, http, exit }
    })

    const documented = readDocumented().map(({ code, http, exit }) => ({ code, http, exit }))

    expect(documented).toEqual(inCode)
  })

  it.each(codes)('says for %s what happened and what to do next, in whole sentences', (code) => {
    const { sentence, hint } = errorTable[code]

    expect(sentence).toMatch(/^[A-Z].{3,}\.$/)
    expect(hint).toMatch(/^[A-Z].{3,}\.$/)
    expect(readDocumented().find((row) => row.code === code)?.when).toMatch(/\S/)
  })

  it.each(codes)('gives %s an exit code that is neither success nor a signal', (code) => {
    const { exit } = errorTable[code]

    expect(exit).toBeGreaterThan(0)
    expect(exit <= 9 || code === 'cancelled').toBe(true)
  })

  it('has no unused row', () => {
    // A code of RFC 6749 5.2 that every client library knows; nothing has needed it yet.
    const reserved = new Set(['unauthorized_client'])
    const source = readdirSync(path.join(root, 'main'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && file !== path.join('base', 'errors.ts'))
      .map((file) => readFileSync(path.join(root, 'main', file), 'utf8'))
      .join('\n')

    const unused = codes.filter((code) => !reserved.has(code) && !source.includes(`'${code}'`))

    expect(unused).toEqual([])
  })
})

describe('an error', () => {
  it('takes its text from the table unless it has a more specific one', () => {
    const plain = new TokentrayError('not_found')
    const exact = new TokentrayError('not_found', 'No such lease.', { hint: 'Look.' })

    expect(plain).toMatchObject({
      name: 'TokentrayError',
      message: errorTable.not_found.sentence,
      hint: errorTable.not_found.hint,
    })
    expect(exact).toMatchObject({ message: 'No such lease.', hint: 'Look.' })
  })

  it('shows an HTTP client neither its cause nor its stack', () => {
    const error = new TokentrayError('server_error', undefined, { cause: new Error('details') })

    const { body } = toFailure(error, '/v1/status', 0)

    expect(JSON.stringify(body)).not.toMatch(/details|stack|\.ts/)
  })
})

describe('the status of a refusal', () => {
  it.each(readDocumented().map((row) => [row.code, row] as const))(
    'is as documented on /v1 for %s',
    (_code, { code, http }) => {
      const error = new TokentrayError(code as ErrorCode)

      expect(toFailure(error, '/v1/status', 0).status).toBe(http ?? 500)
    },
  )

  /** As in RFC 6749 5.2, and as the sentence above the table says. */
  const exceptions: Readonly<Record<string, number>> = {
    invalid_client: 401,
    rate_limited: 429,
    request_refused: 403,
    not_found: 404,
    method_not_allowed: 405,
    expectation_failed: 417,
    server_error: 500,
  }

  it.each(codes)('is one on /oauth whose body client libraries read, for %s', (code) => {
    const { status, body } = toFailure(new TokentrayError(code), '/oauth/token', 0)

    expect(status).toBe(exceptions[code] ?? 400)
    expect(body.error).toBe(code === 'payload_too_large' ? 'invalid_request' : code)
  })

  it.each(['/v1/tokens', '/oauth/token'])('sends Retry-After with %s', (target) => {
    const error = new TokentrayError('rate_limited', undefined, { retryAt: 61_500 })

    const { headers, body } = toFailure(error, target, 60_000)

    expect(headers['retry-after']).toBe('2')
    expect(body.retry_after).toBe(2)
  })

  it('sends a Retry-After of one second if the time is already over', () => {
    const error = new TokentrayError('rate_limited', undefined, { retryAt: 1_000 })

    expect(toFailure(error, '/oauth/token', 60_000).headers['retry-after']).toBe('1')
  })

  it.each(['/v1/accounts', '/oauth/token'])('includes the field for %s', (target) => {
    const refusal = new TokentrayError('invalid_request', 'No.', { field: 'allowPlainHttp' })

    expect(toFailure(refusal, target, 0).body.field).toBe('allowPlainHttp')
    expect(toFailure(new TokentrayError('invalid_request'), target, 0).body).not.toHaveProperty(
      'field',
    )
  })

  it('keeps the field when it is reworded', () => {
    const refusal = new TokentrayError('invalid_request', 'No.', { field: 'url' })

    expect(reworded(refusal, { hint: 'Do this.' })).toMatchObject({ field: 'url', message: 'No.' })
  })

  it('uses only the characters of RFC 6749 5.2 in descriptions, whatever the message contains', () => {
    const message = 'a "quoted\\" – line\r\nX: y'
    const error = new TokentrayError('invalid_request', message, { hint: 'Take "b".' })

    const { body, headers } = toFailure(error, '/oauth/token', 0)

    expect(body.error_description).toBe("a 'quoted?' ? line??X: y Take 'b'.")
    expect(JSON.stringify(headers)).not.toContain('X: y')
  })

  it('keeps the message unchanged on /v1, in whatever script it is written', () => {
    const message = 'The file "/home/jörg/日本/\\ca.pem" cannot be read.'

    const { body } = toFailure(new TokentrayError('invalid_request', message), '/v1/accounts', 0)

    expect(body.error_description).toBe(message)
  })

  it.each(codes)('says in the description on /oauth what to do next, for %s', (code) => {
    const { body } = toFailure(new TokentrayError(code), '/oauth/token', 0)

    const { sentence, hint } = errorTable[code]
    expect(body.error_description).toBe(`${sentence} ${hint}`.replaceAll('"', "'"))
  })
})
