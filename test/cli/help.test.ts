import { afterEach, beforeEach, expect, test } from 'vitest'
import { PlayedEndpoint } from './endpoint.ts'
import { FakeOutput, runCli } from './run-cli.ts'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())

async function helpOf(command: readonly string[], columns?: number): Promise<string> {
  const stdout = Object.assign(new FakeOutput(columns !== undefined), { columns })
  return (await runCli(endpoint.directories, [...command, '--help'], { stdout })).stdout
}

/** Every command, as the help of the program and of its groups lists them. */
async function commandsBelow(command: readonly string[]): Promise<string[][]> {
  const [, list = ''] = (await helpOf(command)).split('\nCommands:\n')
  const names = [...(list.split('\n\n')[0] ?? '').matchAll(/^ {2}([a-z][\w-]*)/gm)]
  const inner = names.map(([, name = '']) => name).filter((name) => name !== 'help')
  const below = await Promise.all(inner.map((name) => commandsBelow([...command, name])))
  return [[...command], ...below.flat()]
}

test('the help of every command fits 80 columns, and the terminal if that is narrower', async () => {
  const commands = await commandsBelow([])
  expect(commands.length).toBeGreaterThan(20)
  for (const command of commands) {
    for (const columns of [undefined, 80, 60]) {
      const lines = (await helpOf(command, columns)).split('\n')
      const tooLong = lines.filter((line) => line.length > (columns ?? 80))
      // An example stays on one line, to be copied.
      expect([command, tooLong.filter((line) => !line.startsWith('  $ '))]).toEqual([command, []])
    }
    const wide = (await helpOf(command)).split('\n').filter((line) => line.length > 80)
    expect([command, wide]).toEqual([command, []])
  }
})

test('the list of commands says what each takes, but not that it has options', async () => {
  const help = await helpOf([])
  expect(help).toMatch(/^ {2}portal <account> \[application\] {2}Open the portal/m)
  expect(help).not.toMatch(/^ {2}\w+ \[options\]/m)
  // Continued in its column.
  expect(help).toMatch(/^ {2}logout <account> +Revoke .*\n {20,}\S/m)
})
