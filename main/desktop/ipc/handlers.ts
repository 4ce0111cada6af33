import type { LicenseView } from '../../../preload/contract.ts'
import { TokentrayError } from '../../base/errors.ts'
import { operationRows } from '../../base/operations.ts'
import type { Secret } from '../../base/secret.ts'
import { toTypedName } from '../../base/text/typed-name.ts'
import type { Account } from '../../broker/account/accounts.ts'
import type { Client } from '../../broker/clients.ts'
import type { ClosedLease } from '../../broker/lease/lease-closer.ts'
import type { LeaseFilter } from '../../broker/lease/leases.ts'
import type { Revoked } from '../../broker/revoke-on-demand.ts'
import type { AutoClear } from '../clipboard/auto-clear.ts'
import { copyToken, openPortal } from '../clipboard/copy-token.ts'
import type { Host } from '../host.ts'
import type { Preferences } from '../system/preferences.ts'
import { createActivityReader } from './activity-view.ts'
import type { Handlers } from './ipc.ts'
import type { FilledForm } from './ipc-schemas.ts'
import { vaultState } from './snapshot.ts'
import type { Snapshots } from './snapshots.ts'
import { createToolHandlers, type NativeToolPorts } from './tool-handlers.ts'
import { type ChooseNewFile, createTransfer } from './transfer.ts'
import { toEndedSessionView, toEndedView, toListedTokenView } from './views.ts'

export interface HandlerPorts {
  readonly host: Host
  /** The client that the user acts as: the window or the tray menu. */
  readonly user: Client
  readonly autoClear: Pick<AutoClear, 'put' | 'clear' | 'requireTaken'>
  readonly preferences: Preferences
  readonly snapshots: Pick<Snapshots, 'take' | 'changed' | 'dismiss'>
  /** Opens this URL in a browser without showing it to other users. */
  readonly visit: (url: Secret) => Promise<void>
  readonly toolPorts: NativeToolPorts
  readonly stopOther: () => Promise<void>
  /** Lets the user choose a file; `null` if they cancel. */
  readonly chooseFile: () => Promise<string | null>
  readonly chooseNewFile: ChooseNewFile
  /** Lets the user choose the file of an import; `null` if they cancel. */
  readonly chooseImport: () => Promise<string | null>
  /** Shows the folder with the record and the log; resolves to what went wrong, or an empty text. */
  readonly openDataFolder: () => Promise<string>
  /** Puts a text that is no secret into the clipboard. */
  readonly copyText: (text: string) => Promise<void>
  readonly licenses: () => Promise<readonly LicenseView[]>
  readonly closePopover: () => void
  readonly quit: () => void
}

/** The handlers of the page's calls and the menu's actions, carried out as `user`. */
export function createHandlers(ports: HandlerPorts): Handlers {
  const { host, user, autoClear, preferences, snapshots } = ports
  const accountOf = (uid: string): Account => {
    const account = host.broker.accounts.byUid(uid)
    if (account) return account
    throw new TokentrayError('not_found', 'That account no longer exists, so nothing was done.', {
      hint: 'Check the list of accounts.',
    })
  }
  const uidOf = (id: string) => host.broker.accounts.find(id)?.uid
  const toEnded = (ended: readonly ClosedLease[]) => ({
    ended: ended.map((each) => toEndedView(each, host.broker)),
  })
  const end = async (filter: LeaseFilter) => toEnded(await host.broker.closeLeases(filter, user))
  const toRevoked = ({ leases, sessions }: Revoked) => ({
    ended: [...toEnded(leases).ended, ...sessions.map(toEndedSessionView)],
  })
  const endAll = async (filter: Pick<LeaseFilter, 'accountUid'>) =>
    toRevoked(await host.broker.revokeAll(filter, user))

  return {
    snapshot: () => snapshots.take(),
    ...createToolHandlers({ ...ports, accountOf, toRevoked }),

    addAccount: async ({ provider: id, name, copyFrom, ...form }) => {
      const { broker } = host
      const provider = broker.providers.find((each) => each.id === id)
      if (!provider) throw new TokentrayError('not_found', 'Unknown service.')
      const wanted = {
        provider,
        ...toLogin(form),
        ...(name !== undefined && toTypedName(name)),
        ...(copyFrom !== undefined && { copyFrom: accountOf(copyFrom) }),
      }
      return { account: (await broker.logins.add(wanted, user)).id }
    },
    login: async (uid, form) => {
      const { logins } = host.broker
      return { account: (await logins.loginAgain(accountOf(uid), toLogin(form), user)).id }
    },
    logout: async (uid) => toEnded(await host.broker.logins.logout(accountOf(uid), user)),
    removeAccount: async (uid) => toEnded(await host.broker.logins.remove(accountOf(uid), user)),
    changeAccount: (uid, change) => {
      return { account: host.broker.changeAccount(accountOf(uid), change, user).id }
    },

    copy: (uid, form) => copyToken(ports, accountOf(uid), form),
    clearClipboard: async () => {
      if (await autoClear.clear()) return null
      throw new TokentrayError('server_error', 'The clipboard was not cleared.', {
        hint: 'Copy something else to replace what is in it.',
      })
    },

    endLease: (lease) => {
      if (!host.broker.leases.get(lease)) {
        throw new TokentrayError('not_found', 'That token was already revoked or has expired.')
      }
      return end({ id: lease })
    },
    endAccount: (uid) => endAll({ accountUid: accountOf(uid).uid }),
    endAll: () => endAll({}),
    listTokens: async (uid) => {
      const { broker } = host
      const tokens = await broker.tokenAdmin.list(accountOf(uid))
      return { tokens: tokens.map((token) => toListedTokenView(token, broker)) }
    },
    revokeToken: async (uid, id) => {
      const { tokenAdmin } = host.broker
      const { revocation } = await tokenAdmin.revokeToken(accountOf(uid), id, user)
      return { revocation: revocation === 'revoked' ? 'revoked' : 'already_gone' }
    },
    runOperation: async (uid, operation, confirm) => {
      const account = accountOf(uid)
      const { id } = account
      if (operationRows[operation].run?.isConfirmed && confirm !== id) {
        throw new TokentrayError('invalid_request', `That is not ${id}, so nothing was revoked.`, {
          account: id,
          hint: 'Type the account name exactly as shown.',
        })
      }
      return toEnded(await host.broker.tokenAdmin.run(operation, account, user))
    },
    tryNow: async (uid) => {
      await host.broker.tokenAdmin.tryNow(accountOf(uid), user)
      return null
    },
    portal: async (uid, how, application) => {
      await openPortal(ports, accountOf(uid), how, application)
      return null
    },
    activity: createActivityReader(() => host.activity, uidOf),

    setPreferences: (change) => {
      preferences.change(change, user)
      return null
    },
    lock: async () => {
      try {
        host.broker.lock(user)
      } finally {
        await autoClear.clear()
      }
      return null
    },
    unlock: () => {
      host.broker.unlock(user)
      snapshots.changed()
      return null
    },
    retryVault: async () => {
      const { startupRecovery, vault } = host.broker
      try {
        await startupRecovery.opened()
        // It was open and has failed since: only another call shows whether it works again.
        if (vault.failure) await vault.keys()
      } finally {
        snapshots.changed()
      }
      return null
    },
    useMemory: async () => {
      if (vaultState(host.broker).vault === 'ready') {
        throw new TokentrayError('not_supported', 'The keychain works.', {
          hint: 'Passwords are saved there.',
        })
      }
      await host.useMemory()
      return null
    },
    dismissNotice: (text) => {
      snapshots.dismiss(text)
      return null
    },
    stopOtherBroker: async () => {
      await ports.stopOther()
      await host.start()
      return null
    },
    chooseFile: async () => ({ path: await ports.chooseFile() }),
    ...createTransfer({ ...ports, uidOf }),
    openDataFolder: async () => {
      const fault = await ports.openDataFolder()
      if (fault === '') return null
      throw new TokentrayError('server_error', 'The folder could not be opened.', {
        hint: `The system says: ${fault}`,
      })
    },
    copyAddress: async () => {
      const issuer = host.running?.issuer
      if (issuer === undefined) throw new TokentrayError('temporarily_unavailable')
      await ports.copyText(issuer)
      return null
    },
    licenses: async () => ({ licenses: await ports.licenses() }),
    reset: async (confirm) => {
      if (confirm !== 'reset') {
        throw new TokentrayError('invalid_request', 'Nothing was deleted.', {
          hint: 'Type reset to confirm.',
        })
      }
      await host.broker.reset(user)
      return { left: host.broker.revoker.tracker.outstanding().length }
    },
    closePopover: () => {
      ports.closePopover()
      return null
    },
    quit: () => {
      ports.quit()
      return null
    },
  }
}

const toLogin = ({ values, secrets, oneTimeCode, tryNow }: FilledForm) => ({
  ...{ values, secrets },
  ...(tryNow && { tryNow }),
  ...(oneTimeCode !== undefined && { oneTimeCode }),
})
