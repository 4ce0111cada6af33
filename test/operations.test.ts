import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import { describe, expect, it, vi } from 'vitest'
import type * as Table from '../main/base/operations.ts'
import { runs } from '../main/base/operations.ts'
import { operationsOf } from '../main/broker/account/operations.ts'
import type { Broker } from '../main/broker/broker.ts'
import { addOperationCommands } from '../main/cli/commands/operations.ts'
import type { Context } from '../main/cli/context.ts'
import { argumentSchemas } from '../main/desktop/ipc/ipc-schemas.ts'
import { accountTokenRoutes } from '../main/loopback/management/account-token-routes.ts'
import { accountOperation } from '../main/loopback/schemas/schemas.ts'
import { shownOperations } from '../renderer/parts/use-account-actions.ts'
import { signedIn } from './broker/set-ups.ts'
import { account } from './renderer/fixture-bridge/snapshots.ts'

const polish = vi.hoisted(() => ({
  capable: () => true,
  inability: 'cannot be polished',
  shown: { rank: 5, label: 'Polish tokens…', help: 'Make them shine', icon: 'refresh' },
  ...{ command: 'polish', does: () => 'make its tokens shine' },
  run: {
    ...{
      path: 'polish',
      operationId: 'polishTokens',
      summary: 'Polishes all.',
      progress: 'rotation',
    },
    ...{ description: 'polish all tokens of an account', help: '' },
    question: () => ({ title: 'Polish?', text: [], action: 'Polish' }),
    outcome: () => 'Polished.',
  },
}))

// The table with one row more, as every surface then reads it.
vi.mock('../main/base/operations.ts', async (load) => {
  const real = await load<typeof Table>()
  return {
    ...real,
    operations: { ...real.operations, polish },
    operationRows: { ...real.operationRows, polish },
    operationNames: [...real.operationNames, 'polish'],
    runs: [...real.runs, ['polish', polish.run]],
  }
})

describe('a row that is added to the table of operations', () => {
  it('is offered for accounts whose driver can do it', async () => {
    const { account } = await signedIn()
    expect(operationsOf(account)).toContain('polish')
  })

  it('has a route, and is a value of the schema', () => {
    const routes = accountTokenRoutes({ tokenAdmin: {} } as unknown as Broker)
    expect(
      routes.map(({ method, path, operationId }) => [method, path, operationId]),
    ).toContainEqual(['POST', '/v1/accounts/{provider}/{name}/polish', 'polishTokens'])
    expect(accountOperation.options).toContain('polish')
  })

  it('has a command', () => {
    const program = new Command()
    program.command('tokens')
    addOperationCommands(program, {} as Context)
    expect(program.commands.map((command) => command.name())).toContain('polish')
  })

  it('may be called by the page', () => {
    const uid = 'A1b2C3d4E5f6G7h8'
    expect(argumentSchemas.runOperation.safeParse([uid, 'polish']).success).toBe(true)
  })

  it("is in the page's menu", () => {
    const shown = shownOperations({
      ...account('svix/first'),
      state: 'signed_in',
      operations: ['rotate', 'polish' as 'rotate'],
    })
    expect(shown.map(({ label }) => label)).toEqual(['Rotate tokens…', 'Polish tokens…'])
  })
})

const root = path.resolve(import.meta.dirname, '..')
const sources = ['main', 'preload', 'renderer'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('providers/'))
    .map((file) => path.join(folder, file)),
)

it.each(runs.map(([name]) => name).filter((name) => name !== ('polish' as string)))(
  'the operation %s is named in at most five files besides its drivers',
  (name) => {
    const named = new RegExp(`'${name}'|^\\s*${name}:|\\.${name}\\b`, 'm')
    const naming = sources.filter((file) => named.test(readFileSync(path.join(root, file), 'utf8')))
    expect(naming).toContain('main/base/operations.ts')
    expect(naming.length, naming.join(', ')).toBeLessThanOrEqual(5)
  },
)
