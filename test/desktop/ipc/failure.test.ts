import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { type ErrorCode, errorTable, TokentrayError } from '../../../main/base/errors.ts'
import { TRY_NOW_COMMAND } from '../../../main/broker/service/hosts.ts'
import { toFailure } from '../../../main/desktop/ipc/failure.ts'

const codes = Object.keys(errorTable) as ErrorCode[]
/** What only the command line and local tools can meet. */
const elsewhere: readonly string[] = [
  ...['invalid_client', 'request_refused', 'not_running', 'invalid_target', 'done_in_part'],
]

it.each(codes.filter((code) => !elsewhere.includes(code)))(
  'has a next step for %s that does not send anybody to a terminal',
  (code) => {
    const { message, hint } = toFailure(new TokentrayError(code))
    expect(message).toBe(errorTable[code].sentence)
    expect(hint).not.toMatch(/tokentray [a-z]/)
    expect(hint.length).toBeGreaterThan(5)
  },
)

it.each(hintsInSource())('sends nobody to a terminal who is told: %s', (hint) => {
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
  ['Run "tokentray login koyeb/a.b".', 'Log in again.'],
  [
    'Ask whoever runs it, then log in again: tokentray login sftpgo/a',
    'Ask whoever runs it, then log in again.',
  ],
  [
    'Install libsecret (apt install x), or use "tokentray serve --memory".',
    'Install libsecret (apt install x).',
  ],
])('keeps of a hint what is no command: %s', (hint, shown) => {
  expect(toFailure(new TokentrayError('login_required', 'No.', { hint })).hint).toBe(shown)
})

it('keeps the next step of whoever knew more', () => {
  const error = new TokentrayError('vault_locked', 'Locked.', { hint: 'Do this.' })
  expect(toFailure(error).hint).toBe('Do this.')
})

it('says nothing of what is behind a mistake', () => {
  const failure = toFailure(new Error('the inside', { cause: 'more of it' }))
  expect(failure).toEqual({
    code: 'server_error',
    message: 'Internal error.',
    hint: expect.stringMatching(/ report what \/.*\/tokentray\.log says\.$/),
  })
})

it('lets a person try once where nothing was sent, with a button instead of a command', () => {
  const hint = `It does that after failed logins. ${TRY_NOW_COMMAND}`
  const error = new TokentrayError('rate_limited', 'Banned.', { hint, silentHost: 'x.example' })
  expect(toFailure(error)).toEqual({
    ...{ code: 'rate_limited', message: 'Banned.', canTryNow: true },
    hint: 'It does that after failed logins.',
  })
})

it('says from when on another try may work, with the day where that is not soon', () => {
  const retryAt = new Date(2026, 0, 1, 12, 34, 56).getTime()
  const error = new TokentrayError('rate_limited', 'Slower.', { retryAt })
  expect(toFailure(error, retryAt - 60_000).hint).toMatch(/ Try again at 12:34:56\.$/)
  expect(toFailure(error, retryAt - 90_000_000).hint).toMatch(
    / Try again at 2026-01-01 12:34:56\.$/,
  )
})

/** Every text of the parts behind the window that names a command of ours. */
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

it('says which field of a form it is about', () => {
  const error = new TokentrayError('invalid_request', 'No.', { field: 'url' })
  expect(toFailure(error).field).toBe('url')
  expect(toFailure(new TokentrayError('invalid_request'))).not.toHaveProperty('field')
})
