import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { bundleForNode } from './helpers/bundle.ts'
import { makeTestFolder, markedSecret } from './helpers/marks.ts'

let program: string
beforeAll(async () => {
  program = await bundleForNode(path.join(import.meta.dirname, 'log-writer.ts'))
})

/** The lines logged on standard error at this level. */
function logged(level?: string, ...args: string[]): readonly Readonly<Record<string, unknown>>[] {
  const env = { PATH: process.env['PATH'], ...(level && { TOKENTRAY_LOG: level }) }
  const { stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    env,
    encoding: 'utf8',
  })
  expect(stdout).toBe('')
  return stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}
const messages = (level?: string) => logged(level).map(({ msg }) => msg)

it.each([
  ['error', ['an error']],
  ['warn', ['an error', 'a warning']],
  ['info', ['an error', 'a warning', 'a message']],
  ['loud', ['an error', 'a warning']],
  [undefined, ['an error', 'a warning']],
])(
  'logs messages of at least the level TOKENTRAY_LOG=%s, before the program exits',
  (level, said) => {
    expect(messages(level)).toEqual(said)
  },
)

it('logs an error with its type and its stack', () => {
  const [first] = logged()
  expect(first).toMatchObject({
    error: {
      name: 'Error',
      message: 'broken',
      at: expect.arrayContaining([expect.stringMatching(/^at /)]),
    },
  })
})

it('writes what it prints to the log file, with the time, and without secrets', () => {
  const folder = makeTestFolder('log')
  const secret = markedSecret('logged')
  const printed = logged(undefined, folder, secret)
  const text = readFileSync(path.join(folder, 'tokentray.log'), 'utf8')
  expect(text.trimEnd().split('\n')).toEqual(printed.map((line) => JSON.stringify(line)))
  expect(printed[0]).toMatchObject({
    ...{ level: 'error', key: '[secret]' },
    time: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  })
  expect(text).not.toContain(secret)
})

it('reports once that the log file cannot be written, and still prints', () => {
  const folder = makeTestFolder('log')
  mkdirSync(path.join(folder, 'tokentray.log'))
  expect(logged(undefined, folder).map(({ msg }) => msg)).toEqual([
    ...['an error', 'the log file cannot be written', 'a warning'],
  ])
})
