import { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { Account } from '../../broker/account/accounts.ts'
import type { Client } from '../../broker/clients.ts'
import type { ClosedLease } from '../../broker/lease/lease-closer.ts'
import type { LeaseFilter } from '../../broker/lease/leases.ts'
import type { AutoClear } from '../clipboard/auto-clear.ts'
import { copyToken, openPortal } from '../clipboard/copy-token.ts'
import type { Host } from '../host.ts'
import type { Preferences } from '../system/preferences.ts'
import { createActivityReader } from './activity-view.ts'
import type { Handlers } from './ipc.ts'
import type { FilledForm } from './ipc-schemas.ts'
import { vaultState } from './snapshot.ts'
import type { Snapshots } from './snapshots.ts'
import { toEndedSessionView, toEndedView, toListedTokenView } from './views.ts'

export interface HandlerPorts {
  readonly host: Host
  /** As whom the person acts: by the window, or by the menu of the icon. */
  readonly person: Client
  readonly copying: Pick<AutoClear, 'put' | 'clear' | 'requireTaken'>
  readonly preferences: Preferences
  readonly snapshots: Pick<Snapshots, 'take' | 'changed' | 'dismiss'>
  /** Brings a browser to this address without anybody seeing it. */
  readonly visit: (url: Secret) => Promise<void>
  readonly stopOther: () => Promise<void>
  /** Lets the person choose a file; `null` if they did not. */
  readonly chooseFile: () => Promise<string | null>
  readonly closePopover: () => void
  readonly quit: () => void
}

/** What the page's calls and the menu's lines do: the person's wishes, carried out as `person`. */
export function createHandlers(ports: HandlerPorts): Handlers {
  const { host, person, copying, preferences, snapshots } = ports
  const accountOf = (uid: string): Account => {
    const account = host.broker.accounts.byUid(uid)
    if (account) return account
    throw new TokentrayError(
      'not_found',
      'That account is not there any more, so nothing was done.',
      {
        hint: 'See which accounts there are.',
      },
    )
  }
  const toEnded = (ended: readonly ClosedLease[]) => ({
    ended: ended.map((each) => toEndedView(each, host.broker)),
  })
  const end = async (filter: LeaseFilter) => toEnded(await host.broker.closeLeases(filter, person))
  const endAll = async (filter: Pick<LeaseFilter, 'accountUid'>) => {
    const { leases, sessions } = await host.broker.revokeAll(filter, person)
    return { ended: [...toEnded(leases).ended, ...sessions.map(toEndedSessionView)] }
  }

  return {
    snapshot: () => snapshots.take(),

    addAccount: async ({ provider: id, name, like, ...form }) => {
      const { broker } = host
      const provider = broker.providers.find((each) => each.id === id)
      if (!provider) throw new TokentrayError('not_found', 'There is no such service.')
      const wanted = {
        provider,
        ...toLogin(form),
        ...(name !== undefined && { name }),
        ...(like !== undefined && { copyFrom: accountOf(like) }),
      }
      return { account: (await broker.logins.add(wanted, person)).id }
    },
    login: async (uid, form) => {
      const { logins } = host.broker
      return { account: (await logins.loginAgain(accountOf(uid), toLogin(form), person)).id }
    },
    logout: async (uid) => toEnded(await host.broker.logins.logout(accountOf(uid), person)),
    removeAccount: async (uid) => toEnded(await host.broker.logins.remove(accountOf(uid), person)),
    changeAccount: (uid, change) => {
      return { account: host.broker.changeAccount(accountOf(uid), change, person).id }
    },

    copy: (uid, form) => copyToken(ports, accountOf(uid), form),
    clearClipboard: async () => {
      if (await copying.clear()) return null
      throw new TokentrayError('server_error', 'The clipboard was not cleared.', {
        hint: 'Copy something else to replace what is in it.',
      })
    },

    endLease: (lease) => {
      if (!host.broker.leases.get(lease)) {
        throw new TokentrayError('not_found', 'That lease has ended already.')
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
      const { revocation } = await tokenAdmin.revokeToken(accountOf(uid), id, person)
      return { revocation: revocation === 'revoked' ? 'revoked' : 'already_gone' }
    },
    revokeAll: async (uid, confirm) => {
      const account = accountOf(uid)
      const { id } = account
      if (confirm !== id) {
        throw new TokentrayError('invalid_request', `That is not ${id}, so nothing was ended.`, {
          account: id,
          hint: 'Type the name of the account as it stands there.',
        })
      }
      return toEnded(await host.broker.tokenAdmin.revokeAll(account, person))
    },
    rotate: async (uid) => toEnded(await host.broker.tokenAdmin.rotate(accountOf(uid), person)),
    tryNow: async (uid) => {
      await host.broker.tokenAdmin.tryNow(accountOf(uid), person)
      return null
    },
    portal: async (uid, how, application) => {
      await openPortal(ports, accountOf(uid), how, application)
      return null
    },
    activity: createActivityReader(() => host.activity),

    setPreferences: (change) => {
      preferences.change(change, person)
      return null
    },
    lock: async () => {
      try {
        host.broker.lock(person)
      } finally {
        await copying.clear()
      }
      return null
    },
    unlock: () => {
      host.broker.unlock(person)
      snapshots.changed()
      return null
    },
    retryVault: async () => {
      const { startupRecovery, vault } = host.broker
      try {
        await startupRecovery.opened()
        // Open, and failing since: whether that is over only another call can tell.
        if (vault.failure) await vault.keys()
      } finally {
        snapshots.changed()
      }
      return null
    },
    useMemory: async () => {
      if (vaultState(host.broker).vault === 'ready') {
        throw new TokentrayError('not_supported', 'The keychain can be used.', {
          hint: 'Credentials are kept in it.',
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
