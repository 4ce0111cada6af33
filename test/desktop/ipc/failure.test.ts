import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { type ErrorCode, errorTable, TokentrayError } from '../../../main/base/errors.ts'
import { TRY_NOW_COMMAND } from '../../../main/broker/service/hosts.ts'
import { toFailure } from '../../../main/desktop/ipc/failure.ts'

const codes = Object.keys(errorTable) as ErrorCode[]
/** Codes that only the command line and tools can get. */
const elsewhere: readonly string[] = [
  ...['invalid_client', 'request_refused', 'not_running', 'invalid_target', 'done_in_part'],
]

it.each(codes.filter((code) => !elsewhere.includes(code)))(
  'has a hint for %s that does not refer to a terminal',
  (code) => {
    const { message, hint } = toFailure(new TokentrayError(code))
    expect(message).toBe(errorTable[code].sentence)
    expect(hint).not.toMatch(/tokentray [a-z]/)
    expect(hint.length).toBeGreaterThan(5)
  },
)

it.each(hintsInSource())('refers no user of the window to a terminal: %s', (hint) => {
  for (const code of [
    'login_required',
    'not_supported',
    'not_found',
    'vault_unavailable',
  ] as const) {
    const shown = toFailure(new TokentrayError(code, 'It failed.', { hint })).hint
    expect(shown).not.toMatch(/tokentray [a-z]/)
    expect(shown.length).toBeGreaterThan(5)
  }
})

it.each([
  ['Run "tokentray login koyeb/a.b". Make another one there.', 'Make another one there.'],
  ['Run "tokentray login koyeb/a.b".', 'Tools get no tokens for this account until you log in.'],
  [
    'Ask the administrator of the server, then log in again: tokentray login sftpgo/a',
    'Ask the administrator of the server, then log in again.',
  ],
  [
    'Install libsecret (apt install x), or use "tokentray serve --memory".',
    'Install libsecret (apt install x).',
  ],
  [
    'Install libsecret (apt install x), or use "npm start -- --memory".',
    'Install libsecret (apt install x).',
  ],
])('removes commands from a hint: %s', (hint, shown) => {
  expect(toFailure(new TokentrayError('login_required', 'No.', { hint })).hint).toBe(shown)
})

it('keeps a specific hint', () => {
  const error = new TokentrayError('vault_locked', 'Locked.', { hint: 'Do this.' })
  expect(toFailure(error).hint).toBe('Do this.')
})

it('shows no internal details', () => {
  const failure = toFailure(new Error('the inside', { cause: 'more of it' }))
  expect(failure).toEqual({
    code: 'server_error',
    message: 'Internal error.',
    hint: expect.stringMatching(/ report what \/.*\/tokentray\.log says\.$/),
  })
})

it('offers one try as a button instead of a command if nothing was sent', () => {
  const hint = `It does that after failed logins. ${TRY_NOW_COMMAND}`
  const error = new TokentrayError('rate_limited', 'Banned.', { hint, silentHost: 'x.example' })
  expect(toFailure(error)).toEqual({
    ...{ code: 'rate_limited', message: 'Banned.', canTryNow: true },
    hint: 'It does that after failed logins.',
  })
})

it('says when another try may work, with the day if that is not soon', () => {
  const retryAt = new Date(2026, 0, 1, 12, 34, 56).getTime()
  const error = new TokentrayError('rate_limited', 'Slower.', { retryAt })
  expect(toFailure(error, retryAt - 60_000).hint).toMatch(/ Try again at 12:34:56\.$/)
  expect(toFailure(error, retryAt - 90_000_000).hint).toMatch(
    / Try again at 2026-01-01 12:34:56\.$/,
  )
})

/** Every text behind the window that names a command of ours. */
function hintsInSource(): string[] {
  const main = path.resolve(import.meta.dirname, '../../../main')
  const files = ['base', 'broker', 'desktop', 'providers', 'settings', 'vault'].flatMap((folder) =>
    readdirSync(path.join(main, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(path.join(main, folder, name), 'utf8')),
  )
  const texts = files.flatMap(
    (text) => text.match(/'[^'\n]*tokentray [a-z][^'\n]*'|`[^`\n]*tokentray [a-z][^`\n]*`/g) ?? [],
  )
  return [...new Set(texts.map((text) => text.slice(1, -1)))].filter(
    (text) => !text.startsWith('tokentray '),
  )
}

it('names the field of a form', () => {
  const error = new TokentrayError('invalid_request', 'No.', { field: 'url' })
  expect(toFailure(error).field).toBe('url')
  expect(toFailure(new TokentrayError('invalid_request'))).not.toHaveProperty('field')
})
