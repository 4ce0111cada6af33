import { expect, test } from 'vitest'
import { type ErrorCode, errorTable, TokentrayError } from '../../../main/base/errors.ts'
import { report } from '../../../main/cli/terminal/report.ts'
import { createScreen } from '../../../main/cli/terminal/screen.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { FakeOutput } from '../run-cli.ts'

const NOW = 1_000_000

function reported(error: unknown) {
  const stderr = new FakeOutput()
  const exit = report(error, createScreen(new FakeOutput(), stderr, {}), NOW)
  return { exit, stderr: stderr.text }
}

const codes = Object.keys(errorTable) as ErrorCode[]

test.each(codes.filter((code) => code !== 'cancelled'))('%s is one sentence, one hint', (code) => {
  const { exit, sentence, hint } = errorTable[code]
  expect(reported(new TokentrayError(code))).toEqual({
    exit,
    stderr: `tokentray: ${sentence}\n${hint}\n`,
  })
})

test('does not report a cancellation', () => {
  expect(reported(new TokentrayError('cancelled'))).toEqual({ exit: 130, stderr: '' })
})

test('a cancellation from elsewhere is reported', () => {
  const error = new TokentrayError('cancelled', 'sftpgo/alice was logged out meanwhile.')
  expect(reported(error)).toMatchObject({
    exit: 130,
    stderr: expect.stringContaining('sftpgo/alice was logged out meanwhile.'),
  })
})

test.each(['rate_limited', 'temporarily_unavailable'] as const)(
  '%s says when to try again',
  (code) => {
    const { stderr } = reported(new TokentrayError(code, undefined, { retryAt: NOW + 90_000 }))
    expect(stderr).toMatch(/(^|\s)Try again in 2 min\.\n$/)
  },
)

test.each([
  ['rate_limited', 'Try again in 2 min.'],
  [
    'temporarily_unavailable',
    'Check the network and the address of the account. Try again in 2 min.',
  ],
] as const)('%s says so once', (code, hint) => {
  const { stderr } = reported(new TokentrayError(code, undefined, { retryAt: NOW + 90_000 }))
  expect(stderr.split('\n')[1]).toBe(hint)
})

test('never says to try again in 0 s', () => {
  const { stderr } = reported(new TokentrayError('rate_limited', undefined, { retryAt: NOW }))
  expect(stderr).toMatch(/\nTry again in 1 s\.\n$/)
})

test('keeps to two lines whatever a message holds', () => {
  const error = new TokentrayError('not_found', 'a\nb\u001b[2J', { hint: 'c\r\nd' })
  expect(reported(error).stderr).toBe('tokentray: a?b?[2J\nc??d\n')
})

test('reports where a foreign error was thrown, not its message', () => {
  const secret = markedSecret('message')
  const { exit, stderr } = reported(new TypeError(`cannot read ${secret}`))
  expect(exit).toBe(1)
  expect(stderr).toMatch(/It was a TypeError at .*report\.test\.ts:\d+/)
  expect(stderr).not.toContain(secret)
})

test('with JSON, it is one object on one line, with the time until which to wait rounded up', () => {
  const stderr = new FakeOutput()
  const details = { hint: 'Wait\u001b[2J.', field: 'code', retryAt: NOW + 1_001 }
  const error = new TokentrayError('rate_limited', 'Too many.', details)
  const exit = report(error, createScreen(new FakeOutput(), stderr, {}), NOW, true)
  expect(exit).toBe(8)
  expect(stderr.text).toMatch(/^.*\n$/)
  expect(JSON.parse(stderr.text)).toEqual({
    ...{ error: 'rate_limited', error_description: 'Too many.' },
    ...{ hint: 'Wait\u001b[2J.', field: 'code', retry_after: 2 },
  })
  expect(stderr.text).not.toContain('\u001b')
})

test('with JSON, a cancellation is not reported either, and a foreign error keeps its message', () => {
  const stderr = new FakeOutput()
  const screen = createScreen(new FakeOutput(), stderr, {})
  expect(report(new TokentrayError('cancelled'), screen, NOW, true)).toBe(130)
  expect(stderr.text).toBe('')
  const secret = markedSecret('foreign')
  expect(report(new Error(secret), screen, NOW, true)).toBe(1)
  expect(stderr.text).not.toContain(secret)
})
