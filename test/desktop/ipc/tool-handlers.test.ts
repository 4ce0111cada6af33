import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { cliClient, trayClient, windowClient } from '../../../main/broker/clients.ts'
import type { CopiedThing } from '../../../main/desktop/clipboard/auto-clear.ts'
import { createToolHandlers } from '../../../main/desktop/ipc/tool-handlers.ts'
import { toEndedView } from '../../../main/desktop/ipc/views.ts'
import { FreshSecrets } from '../../../main/desktop/tools/fresh-secrets.ts'
import { codeOf, makeBroker, refusalOf, type TestBroker } from '../../helpers/make-broker.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { toRunning } from '../running.ts'

let test: TestBroker
let handlers: ReturnType<typeof createToolHandlers>
let freshSecrets: FreshSecrets
/** The questions that were asked, and the answer to the next. */
let asked: string[]
let agrees: boolean
/** Runs while the question is open. */
let whileAsked: () => unknown
let clipboard: string | null
let what: CopiedThing | null
/** Runs while the clipboard accepts a text. */
let meanwhile: () => unknown
let chosen: string | null
let socket: string | null
let folder: string

beforeEach(async () => {
  test = await makeBroker({ services: [{ with: ['revokeAll'] }] })
  for (const name of ['work', 'home']) await test.newAccount(name)
  socket = null
  const host = { broker: test.broker, running: toRunning(test, { socket: () => socket }) }
  freshSecrets = new FreshSecrets({ host, clock: test.clock, changed: () => undefined })
  asked = []
  agrees = true
  whileAsked = () => undefined
  clipboard = null
  what = null
  meanwhile = () => undefined
  folder = makeTestFolder('tool-secret')
  chosen = path.join(folder, 'backup.curl')
  handlers = createToolHandlers({
    ...{ host, user: windowClient },
    accountOf: (uid) => test.broker.accounts.getByUid(uid),
    toRevoked: ({ leases }) => ({ ended: leases.map((each) => toEndedView(each, test.broker)) }),
    autoClear: {
      put: async (text, thing) => {
        await meanwhile()
        clipboard = text.reveal()
        what = thing
        return { ...thing, clearsAt: 1 }
      },
      clear: async () => {
        clipboard = null
        return true
      },
    },
    toolPorts: {
      freshSecrets,
      ask: async ({ title, text }) => {
        asked.push([title, ...text].join(' '))
        await whileAsked()
        return agrees
      },
    },
    chooseNewFile: async (what, name) => {
      expect([what, name]).toEqual(['secret', 'backup.curl'])
      return chosen
    },
  })
})

const uid = (name: string) => test.broker.accounts.get(`sftpgo/${name}`).uid
const toolNamed = (name: string) => test.broker.clients.findByName(name)
const connect = async (...accounts: string[]) =>
  (await handlers.connectTool('backup', accounts.map(uid), 300)).tool
/** Whether this is the secret of the tool. */
const isRight = (id: string, secret: string | null) =>
  test.broker.clients.authenticate(id, secret ?? '') !== null

describe('connecting a tool', () => {
  it('asks the user natively, and answers with its id alone', async () => {
    const answer = await handlers.connectTool('backup', [uid('work'), uid('home')], 300)
    const tool = toolNamed('backup')
    expect(answer).toEqual({ tool: tool?.id })
    expect(asked).toEqual([
      'Let backup use 2 accounts? sftpgo/work\nsftpgo/home It can then get tokens at any time without asking you again.',
    ])
    expect(tool && test.broker.clients.grantedUids(tool)).toEqual([uid('work'), uid('home')])
    expect(test.broker.clients.records()[0]?.leaseSeconds).toBe(300)
    await handlers.setToolLifetime(answer.tool, 0)
    expect(test.broker.clients.records()[0]).not.toHaveProperty('leaseSeconds')
  })

  it('does nothing if the user declines', async () => {
    agrees = false
    expect(await codeOf(connect('work'))).toBe('cancelled')
    expect(test.broker.clients.records()).toEqual([])
  })

  it('asks about each account once, and names all that a dialog has room for', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `a${at}`)
    for (const name of names) await test.newAccount(name)
    await handlers.connectTool('backup', [...Array(20).fill(uid('work')), uid('home')], 0)
    expect(asked).toEqual([expect.stringContaining('use 2 accounts? sftpgo/work\nsftpgo/home It')])
    await handlers.connectTool('all', names.map(uid), 0)
    for (const name of names) expect(asked[1]).toContain(`sftpgo/${name}`)
    await handlers.connectTool('more', [...names, 'work'].map(uid), 0)
    expect(asked[2]).toContain('sftpgo/a19\n1 more')
  })

  it('does not ask for a name that is taken', async () => {
    await connect('work')
    expect(await codeOf(connect('work'))).toBe('already_exists')
    expect(asked).toHaveLength(1)
  })

  it('is refused while Tokentray is locked', async () => {
    test.broker.lock(cliClient)
    expect(await codeOf(connect('work'))).toBe('vault_locked')
    expect(asked).toEqual([])
  })
})

describe('the accounts of a tool', () => {
  it('are more only if the user agrees natively', async () => {
    const tool = await connect('work')
    agrees = false
    const more = () => handlers.setToolAccounts(tool, [uid('work'), uid('home')])
    expect(await codeOf(Promise.resolve(more()))).toBe('cancelled')
    agrees = true
    await more()
    expect(asked.slice(1).map((question) => question.split('?')[0])).toEqual([
      ...Array(2).fill('Let backup use sftpgo/home'),
    ])
  })

  it('are not given while Tokentray is locked, but can be taken away', async () => {
    const tool = await connect('work', 'home')
    test.broker.lock(cliClient)
    await handlers.setToolAccounts(tool, [uid('work')])
    const more = async () => await handlers.setToolAccounts(tool, [uid('work'), uid('home')])
    expect(await codeOf(more())).toBe('vault_locked')
  })

  it('do not come back unasked if they were taken away while the question was open', async () => {
    const tool = await connect('work')
    const client = connected()
    whileAsked = () => test.broker.changeClient(client, { accountUids: [] }, cliClient)
    const more = handlers.setToolAccounts(tool, [uid('work'), uid('home')])
    expect(await codeOf(Promise.resolve(more))).toBe('temporarily_unavailable')
    expect(asked.at(-1)).not.toContain('sftpgo/work')
    expect(test.broker.clients.grantedUids(client)).toEqual([])
  })

  it('are fewer without a native question, and the tokens of the others are revoked', async () => {
    const tool = await connect('work', 'home')
    const client = toolNamed('backup')
    if (!client) throw new Error('There is no tool.')
    await test.issue(client, test.broker.accounts.get('sftpgo/work'))
    const { ended } = await handlers.setToolAccounts(tool, [uid('home')])
    expect(ended).toMatchObject([{ client: 'backup', account: 'sftpgo/work' }])
    expect(asked).toHaveLength(1)
    expect(test.broker.clients.grantedUids(client)).toEqual([uid('home')])
  })
})

describe('the secret of a tool', () => {
  it('is copied once, as a secret of the tool that must be cleared with it', async () => {
    const tool = await connect('work')
    await handlers.copyToolSecret(tool, 'secret')
    expect(isRight(tool, clipboard)).toBe(true)
    expect(what).toMatchObject({ tool: 'backup', form: 'secret' })
    expect(what?.mayStay(test.broker)).toBe(true)
    expect(await codeOf(Promise.resolve(handlers.copyToolSecret(tool, 'secret')))).toBe('not_found')
    await handlers.newToolSecret(tool)
    expect(what?.mayStay(test.broker)).toBe(false)
  })

  it('is copied in a command with the address and the account', async () => {
    const tool = await connect('work', 'home')
    await handlers.copyToolSecret(tool, 'python')
    const secret = /TOKENTRAY_SECRET=(\w+)/.exec(clipboard ?? '')?.[1] ?? ''
    expect(isRight(tool, secret)).toBe(true)
    expect(clipboard).toContain('"http://127.0.0.1:4711/oauth/token"')
    expect(clipboard).toContain('audience=sftpgo%2Fwork')
    expect(what).toMatchObject({ tool: 'backup', form: 'command' })
  })

  it.each([
    ['is locked', () => test.broker.lock(cliClient), 'vault_locked'],
    ['removes the tool', () => test.broker.clients.remove(connected()), 'temporarily_unavailable'],
  ] as const)('is cleared if Tokentray %s while it is copied', async (_what, happens, code) => {
    const tool = await connect('work')
    meanwhile = happens
    expect(await codeOf(Promise.resolve(handlers.copyToolSecret(tool, 'secret')))).toBe(code)
    expect(clipboard).toBeNull()
  })

  it('is saved for curl, readable by the user alone, and answered with the line that uses it', async () => {
    const tool = await connect('work', 'home')
    expect(await handlers.saveToolSecret(tool)).toEqual({
      line: `curl --noproxy '*' -sS -w '\\n' -K ${chosen} -d grant_type=client_credentials -d audience=sftpgo/work http://127.0.0.1:4711/oauth/token`,
    })
    const [, secret = ''] = /:(\w+)"/.exec(readFileSync(chosen ?? '', 'utf8')) ?? []
    expect(isRight(tool, secret)).toBe(true)
    expect(statSync(chosen ?? '').mode & 0o777).toBe(0o600)
    expect(await codeOf(Promise.resolve(handlers.saveToolSecret(tool)))).toBe('not_found')
  })

  it('is saved with the Unix socket, if there is one', async () => {
    const tool = await connect('work')
    socket = '/run/user/1000/tokentray/tools/tokentray.sock'
    await handlers.saveToolSecret(tool)
    expect(readFileSync(chosen ?? '', 'utf8')).toContain(`\nunix-socket = "${socket}"\n`)
  })

  it('replaces a link instead of writing through it', async () => {
    const tool = await connect('work')
    const target = path.join(folder, 'shared')
    writeFileSync(target, 'as it was')
    symlinkSync(target, chosen ?? '')
    await handlers.saveToolSecret(tool)
    expect(readFileSync(target, 'utf8')).toBe('as it was')
    expect(lstatSync(chosen ?? '').isFile()).toBe(true)
  })

  it.runIf(process.platform === 'linux')(
    'leaves no file open, whether it was written or not',
    async () => {
      const open = () => readdirSync('/proc/self/fd').map(targetOf)
      const ours = () => open().filter((target) => target.startsWith(folder))
      const tool = await connect('work')
      const wanted = chosen
      chosen = folder
      expect(await codeOf(Promise.resolve(handlers.saveToolSecret(tool)))).toBe('invalid_request')
      chosen = wanted
      await handlers.saveToolSecret(tool)
      expect(ours()).toEqual([])
    },
  )

  it('stays available if the user cancels or the file cannot be written', async () => {
    const tool = await connect('work')
    const wanted = chosen
    chosen = null
    expect(await handlers.saveToolSecret(tool)).toBeNull()
    chosen = path.join(folder, 'backup.curl', 'in a file')
    writeFileSync(path.join(folder, 'backup.curl'), '')
    const refusal = await refusalOf(Promise.resolve(handlers.saveToolSecret(tool)))
    expect(refusal.code).toBe('invalid_request')
    expect(existsSync(chosen)).toBe(false)
    chosen = wanted
    expect(await handlers.saveToolSecret(tool)).not.toBeNull()
  })

  it('is another one when asked for, at once', async () => {
    const tool = await connect('work')
    await handlers.copyToolSecret(tool, 'secret')
    const old = clipboard
    expect(await handlers.newToolSecret(tool)).toBeNull()
    expect(isRight(tool, old)).toBe(false)
    await handlers.copyToolSecret(tool, 'secret')
    expect(isRight(tool, clipboard)).toBe(true)
  })

  it('is forgotten when the user has no use for it', async () => {
    const tool = await connect('work')
    expect(handlers.dropToolSecret(tool)).toBeNull()
    expect(freshSecrets.has(tool)).toBe(false)
  })
})

describe('the tokens of a holder', () => {
  it('are revoked: those of a tool, or those of the user from the window and the command line', async () => {
    const tool = await connect('work')
    const client = toolNamed('backup')
    if (!client) throw new Error('There is no tool.')
    const account = test.broker.accounts.get('sftpgo/work')
    for (const each of [client, trayClient, cliClient]) await test.issue(each, account)
    const holders = async (holder: string) =>
      (await handlers.endHolder(holder)).ended.map((each) => each.client)
    expect(await holders('you')).toEqual(['cli', 'tray'])
    expect(await holders(tool)).toEqual(['backup'])
    expect(test.broker.leases.list()).toEqual([])
  })
})

it('refuses what concerns a tool that is gone, or one that is built in', async () => {
  const tool = await connect('work')
  await handlers.removeTool(tool)
  expect(toolNamed('backup')).toBeUndefined()
  for (const id of [tool, 'cli', 'tray']) {
    for (const call of [
      () => handlers.removeTool(id),
      () => handlers.newToolSecret(id),
      () => handlers.setToolAccounts(id, [uid('home')]),
      () => handlers.copyToolSecret(id, 'secret'),
      () => handlers.saveToolSecret(id),
      () => handlers.endHolder(id),
    ]) {
      expect(await codeOf((async () => call())())).toBe('not_found')
    }
  }
})

/** What a file descriptor of this process is open on; empty if it was closed meanwhile. */
function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`)
  } catch {
    return ''
  }
}

/** The connected tool, by its name. */
function connected() {
  const client = toolNamed('backup')
  if (!client) throw new Error('There is no tool.')
  return client
}
