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
import { accountTokenRoutes } from '../main/loopback/management/account-token-routes.ts'
import { accountOperation } from '../main/loopback/schemas/schemas.ts'
import { signedIn } from './broker/set-ups.ts'

const polish = vi.hoisted(() => ({
  capable: () => true,
  inability: 'cannot be polished',
  ...{ command: 'polish', does: () => 'make its tokens shine' },
  run: {
    ...{
      path: 'polish',
      operationId: 'polishTokens',
      summary: 'Polishes all.',
      progress: 'rotation',
    },
    ...{ description: 'polish all tokens of an account', help: '' },
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
})

const root = path.resolve(import.meta.dirname, '..')
// The window still names them by hand.
const sources = ['main'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/^(providers|desktop)\//.test(file))
    .map((file) => path.join(folder, file)),
)

it.each(runs.map(([name]) => name).filter((name) => name !== ('polish' as string)))(
  'the operation %s is named in at most five files besides its drivers and the window',
  (name) => {
    const named = new RegExp(`'${name}'|^\\s*${name}:|\\.${name}\\b`, 'm')
    const naming = sources.filter((file) => named.test(readFileSync(path.join(root, file), 'utf8')))
    expect(naming).toContain('main/base/operations.ts')
    expect(naming.length, naming.join(', ')).toBeLessThanOrEqual(5)
  },
)
