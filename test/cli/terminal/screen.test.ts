import { expect, test } from 'vitest'
import { duration, when } from '../../../main/cli/terminal/print.ts'
import { createScreen } from '../../../main/cli/terminal/screen.ts'
import { FakeOutput } from '../run-cli.ts'

function table(isTTY: boolean, env: Record<string, string>, rows = [['b', 'c']]) {
  const stdout = new FakeOutput(isTTY)
  createScreen(stdout, new FakeOutput(isTTY), env).table(['A', 'B'], rows)
  return stdout.text
}

test.each([
  ['on a terminal', true, {}, '\u001b[1mA  B\u001b[22m\nb  c\n'],
  ['but not with NO_COLOR', true, { NO_COLOR: '1' }, 'A  B\nb  c\n'],
  [
    'also with an empty NO_COLOR, which does not count',
    true,
    { NO_COLOR: '' },
    '\u001b[1mA  B\u001b[22m\nb  c\n',
  ],
  ['but not on a dumb one', true, { TERM: 'dumb' }, 'A  B\nb  c\n'],
  ['and never elsewhere', false, {}, 'A  B\nb  c\n'],
] as const)('the head of a table stands out %s', (_, isTTY, env, expected) => {
  expect(table(isTTY, env)).toBe(expected)
})

test.each([
  ['an emoji', '\u{1f511}', 2],
  ['an emoji of several', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}', 2],
  ['an emoji by its variant', '\u2764\ufe0f', 2],
  ['a flag', '\u{1f1e9}\u{1f1ea}', 2],
  ['wide letters', '会社', 4],
  ['half-wide letters', 'ｶﾅ', 2],
  ['an accent apart', 'e\u0301', 1],
  ['a mark of another script', 'ก็', 1],
  ['a conjunct', 'क\u094dष', 2],
  ['syllables of letters', '\u1112\u1161\u11ab', 2],
  ['Latin letters', 'café', 4],
])('aligns by the columns that a terminal gives to %s', (_, cell, columns) => {
  const rows = [
    [cell, 'x'],
    ['abcde', 'y'],
  ]
  const [, line] = table(false, {}, rows).split('\n')
  expect(line).toBe(`${cell}${' '.repeat(5 - columns)}  x`)
})

test('a wide table breaks its last column between words on a terminal, and is not broken elsewhere', () => {
  const rows = [
    ['sftpgo/demo', 'demo at 127.0.0.1:39431, the first'],
    ['koyeb/x', 'short'],
  ]
  const at = (columns: number, isTTY = true) => {
    const stdout = Object.assign(new FakeOutput(isTTY), { columns })
    createScreen(stdout, new FakeOutput(isTTY), { NO_COLOR: '1' }).table(['ACCOUNT', 'LABEL'], rows)
    return stdout.text.trimEnd().split('\n')
  }
  const whole = [
    'ACCOUNT      LABEL',
    'sftpgo/demo  demo at 127.0.0.1:39431, the first',
    'koyeb/x      short',
  ]
  expect(at(80)).toEqual(whole)
  expect(at(36)).toEqual([
    'ACCOUNT      LABEL',
    'sftpgo/demo  demo at',
    '             127.0.0.1:39431, the',
    '             first',
    'koyeb/x      short',
  ])
  // There is no room for words beside the others.
  expect(at(20)).toEqual([
    'ACCOUNT',
    '  LABEL',
    'sftpgo/demo',
    '  demo at',
    '  127.0.0.1:39431,',
    '  the first',
    'koyeb/x',
    '  short',
  ])
  expect(at(36, false)).toEqual(whole)
})

test('JSON has no terminal control characters, and parses to the same value', () => {
  const answer = { label: 'a\u001b[2J\u009b31m\r\n\u202eb\u2028', list: ['\u{1f511}'] }
  const stdout = new FakeOutput(true)
  createScreen(stdout, new FakeOutput(true), {}).json(answer)
  expect(stdout.text).not.toMatch(/[^\P{Cc}\n]|[\u2028\u202e]/u)
  expect(JSON.parse(stdout.text)).toEqual(answer)
})

test('a table without rows is nothing at all', () => {
  expect(table(true, {}, [])).toBe('')
})

test.each([
  [-5, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_599_999, '59 min'],
  [3_600_000, '1 h'],
  [47 * 3_600_000, '47 h'],
  [48 * 3_600_000, '2 days'],
])('%i ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

test('tells moments ahead from those that are past', () => {
  expect(when(1060, 1_000_000)).toBe('in 1 min')
  expect(when(940, 1_000_000)).toBe('1 min ago')
})
