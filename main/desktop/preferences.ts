import type { PreferencesView } from '../../preload/contract.ts'
import type { Account } from '../broker/accounts.ts'
import type { Broker } from '../broker/broker.ts'

/** What of the preferences is kept in the settings. */
export type StoredPreferences = Omit<PreferencesView, 'startAtLogin'>

interface WithPreferences {
  readonly preferences: StoredPreferences
}

/** The settings, as far as they are about the person's wishes. */
interface PreferencesStore<Stored extends WithPreferences> {
  read(): Stored
  /** Throws `record_unavailable`, having changed nothing. */
  update(change: (stored: Stored) => Stored): void
}

interface LoginItem {
  isOn(): boolean
  set(on: boolean): void
}

interface PreferencesPorts<Stored extends WithPreferences> {
  /** Absent while nothing runs: then the usual values are shown, and nothing can be stored. */
  readonly settings: () => PreferencesStore<Stored> | null
  readonly loginItem: LoginItem
  readonly changed: () => void
}

/** What applies where nothing is stored. */
export const USUAL_PREFERENCES: StoredPreferences = {
  clipboardSeconds: 30,
  leaseSeconds: 900,
  lockOnSleep: true,
  leaseKind: 'service',
}

/** The person's wishes: those in the settings, and the one that the system keeps. */
export class Preferences<Stored extends WithPreferences = WithPreferences> {
  readonly #ports: PreferencesPorts<Stored>
  /** Asked for once: on some systems the answer takes long, and a snapshot must not. */
  #startAtLogin: boolean

  constructor(ports: PreferencesPorts<Stored>) {
    this.#ports = ports
    this.#startAtLogin = ports.loginItem.isOn()
  }

  view(): PreferencesView {
    const stored = this.#ports.settings()?.read().preferences ?? USUAL_PREFERENCES
    return { ...stored, startAtLogin: this.#startAtLogin }
  }

  /** Gives a new account the person's usual kind of lease, where its service can give it. */
  applyTo({ uid, driver, record }: Account, broker: Broker): void {
    const { leaseKind } = this.view()
    if (leaseKind === 'service' || leaseKind === record.leaseKind) return
    if (!driver.leaseKinds.includes(leaseKind)) return
    try {
      broker.changeAccount(broker.accounts.getByUid(uid), { leaseKind })
    } catch {
      // The account is there all the same: one that needs a code for every login has no choice, and
      // what could not be stored now can be chosen later.
    }
  }

  /** Changes what is named; what the system refuses is thrown after the rest was stored. */
  change({ startAtLogin, ...stored }: Partial<PreferencesView>): void {
    const { settings, loginItem, changed } = this.#ports
    try {
      if (Object.keys(stored).length > 0) {
        settings()?.update((all) => ({ ...all, preferences: { ...all.preferences, ...stored } }))
      }
      if (startAtLogin === undefined) return
      loginItem.set(startAtLogin)
      this.#startAtLogin = loginItem.isOn()
    } finally {
      changed()
    }
  }
}
