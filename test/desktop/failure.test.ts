import { expect, it } from 'vitest'
import { type ErrorCode, errorTable, TokentrayError } from '../../main/base/errors.ts'
import { TRY_NOW_COMMAND } from '../../main/broker/hosts.ts'
import { toFailure } from '../../main/desktop/failure.ts'

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

it('keeps the next step of whoever knew more', () => {
  const error = new TokentrayError('vault_locked', 'Locked.', { hint: 'Do this.' })
  expect(toFailure(error).hint).toBe('Do this.')
})

it('says nothing of what is behind a mistake', () => {
  const failure = toFailure(new Error('the inside', { cause: 'more of it' }))
  expect(failure).toEqual({
    code: 'server_error',
    message: 'Tokentray made a mistake.',
    hint: expect.any(String),
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

it('says from when on another try may work', () => {
  const retryAt = new Date(2026, 0, 1, 12, 34, 56).getTime()
  const { hint } = toFailure(new TokentrayError('rate_limited', 'Slower.', { retryAt }))
  expect(hint).toMatch(/ Try again at 12:34:56[^.]*\.$/)
})
