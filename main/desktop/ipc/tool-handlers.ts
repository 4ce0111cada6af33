import type { QuestionWords } from '../../../renderer/text/questions.ts'
import { toGrantQuestion } from '../../../renderer/text/tools.ts'
import { TokentrayError } from '../../base/errors.ts'
import { curlLineWith, replaceCurlConfig } from '../../base/files/curl-config.ts'
import { toClientId } from '../../base/ids.ts'
import type { Secret } from '../../base/secret.ts'
import type { Account } from '../../broker/account/accounts.ts'
import { type Client, cliClient, trayClient } from '../../broker/clients.ts'
import type { Revoked } from '../../broker/revoke-on-demand.ts'
import type { AutoClear } from '../clipboard/auto-clear.ts'
import { putIfValid } from '../clipboard/copy-token.ts'
import type { Host } from '../host.ts'
import { type FreshSecrets, watchSecretOf } from '../tools/fresh-secrets.ts'
import { toToolCommand } from '../tools/tool-commands.ts'
import type { Handlers } from './ipc.ts'
import type { ChooseNewFile } from './transfer.ts'

type ToolChannel =
  | (
      | 'connectTool'
      | 'setToolAccounts'
      | 'setToolLifetime'
      | 'newToolSecret'
      | 'removeTool'
      | 'endHolder'
    )
  | ('copyToolSecret' | 'saveToolSecret' | 'dropToolSecret')

interface ToolPorts {
  readonly host: Pick<Host, 'broker' | 'running'>
  readonly user: Client
  readonly autoClear: Pick<AutoClear, 'put' | 'clear'>
  readonly toolPorts: NativeToolPorts
  readonly chooseNewFile: ChooseNewFile
  readonly accountOf: (uid: string) => Account
  readonly toRevoked: (revoked: Revoked) => Awaited<ReturnType<Handlers['removeTool']>>
}

/** What the handlers of tools need besides. */
export interface NativeToolPorts {
  readonly freshSecrets: FreshSecrets
  /** Asks in a native dialog, which the page can neither show nor answer. */
  readonly ask: (question: QuestionWords) => Promise<boolean>
}

/** The handlers of the tools: who they are, what they may use, and their secrets, none of which the page gets. */
export function createToolHandlers(ports: ToolPorts): Pick<Handlers, ToolChannel> {
  const { host, user, autoClear, toolPorts, chooseNewFile, accountOf, toRevoked } = ports
  const { freshSecrets, ask } = toolPorts
  const toolOf = (id: string): Client => {
    const client = host.broker.clients.byId(toClientId(id))
    if (client && !client.builtIn) return client
    throw new TokentrayError('not_found', 'That tool no longer exists, so nothing was done.', {
      hint: 'Check the list of tools.',
    })
  }
  const accountsOf = (tool: Client) => {
    const { clients, accounts } = host.broker
    return clients.grantedUids(tool).flatMap((uid) => accounts.byUid(uid)?.id ?? [])
  }
  /**
   * Security: only the user grants accounts, not the page; rejects with `cancelled` if they decline. Each account is
   * named once, so that repetitions cannot push others out of the question.
   */
  const requireConsent = async (tool: string, uids: readonly string[]) => {
    if (uids.length === 0) return
    const names = uids.map((uid) => accountOf(uid).id)
    if (!(await ask(toGrantQuestion(tool, names)))) throw new TokentrayError('cancelled')
    for (const uid of uids) accountOf(uid)
  }
  const requireUnlocked = () => {
    if (host.broker.locked) throw new TokentrayError('vault_locked')
  }
  const copy = (tool: Client, form: 'secret' | 'command', toText: (secret: Secret) => Secret) => {
    const { broker } = host
    const what = { tool: tool.name, form, mayStay: watchSecretOf(broker, tool) }
    return freshSecrets.use(tool, async (secret) => {
      await putIfValid({ broker, autoClear }, toText(secret), what)
    })
  }

  return {
    connectTool: async (name, accounts, leaseSeconds) => {
      requireUnlocked()
      host.broker.clients.requireNew(name)
      const uids = [...new Set(accounts)]
      await requireConsent(name, uids)
      requireUnlocked()
      const { broker } = host
      const wanted = { accountUids: uids, leaseSeconds }
      const { client, secret } = broker.clients.add(name, wanted, user)
      freshSecrets.keep(broker, client, secret)
      return { tool: client.id }
    },
    setToolAccounts: async (id, accounts) => {
      const uids = [...new Set(accounts)]
      const newTo = (tool: Client) => {
        const granted = host.broker.clients.grantedUids(tool)
        return uids.filter((uid) => !granted.includes(uid))
      }
      const asked = newTo(toolOf(id))
      if (asked.length > 0) requireUnlocked()
      await requireConsent(toolOf(id).name, asked)
      // Security: one that was taken away while the question was open would come back without having been in it.
      if (newTo(toolOf(id)).some((uid) => !asked.includes(uid))) throw changedMeanwhile()
      return toRevoked(await host.broker.changeClient(toolOf(id), { accountUids: uids }, user))
    },
    setToolLifetime: async (id, leaseSeconds) => {
      await host.broker.changeClient(toolOf(id), { leaseSeconds }, user)
      return null
    },
    newToolSecret: (id) => {
      requireUnlocked()
      const tool = toolOf(id)
      const { broker } = host
      freshSecrets.keep(broker, tool, broker.clients.newSecret(tool, user))
      return null
    },
    removeTool: async (id) => toRevoked(await host.broker.removeClient(toolOf(id), user)),
    endHolder: async (holder) => {
      const holders = holder === 'you' ? [cliClient, trayClient] : [toolOf(holder)]
      const ended = []
      // One after the other: a session token that both may have is revoked, and told of, once.
      for (const each of holders) {
        ended.push(...toRevoked(await host.broker.revokeOfClient(each, user)).ended)
      }
      return { ended }
    },

    copyToolSecret: async (id, form) => {
      const tool = toolOf(id)
      if (form === 'secret') await copy(tool, 'secret', (secret) => secret)
      else {
        const issuer = host.running?.issuer ?? ''
        const access = { id: tool.id, issuer, accounts: accountsOf(tool) }
        await copy(tool, 'command', (secret) => toToolCommand(form, { ...access, secret }))
      }
      return null
    },
    saveToolSecret: async (id) => {
      const { name } = toolOf(id)
      const file = await chooseNewFile('secret', `${name}.curl`)
      if (file === null) return null
      const tool = toolOf(id)
      const target = { file, socket: host.running?.socket() ?? null }
      await freshSecrets.use(tool, (secret) => save(target, tool, secret))
      return { line: curlLineWith(file, accountsOf(tool), host.running?.issuer ?? '') }
    },
    dropToolSecret: (id) => {
      freshSecrets.drop(toolOf(id).id)
      return null
    },
  }
}

const changedMeanwhile = () =>
  new TokentrayError(
    'temporarily_unavailable',
    'The accounts of the tool were changed meanwhile.',
    {
      hint: 'Check them, then choose again.',
    },
  )

interface CurlFile {
  readonly file: string
  readonly socket: string | null
}

/** Replaces an existing file atomically; rejects with `invalid_request` if it cannot be written. */
function save({ file, socket }: CurlFile, { id }: Client, secret: Secret): void {
  const config = replaceCurlConfig(file, socket)
  if (config.write(id, secret)) return
  config.discard()
  throw new TokentrayError('invalid_request', `Cannot write the file: ${file}`, {
    hint: 'Free space on that disk, or choose another file.',
  })
}
