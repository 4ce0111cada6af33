import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import type { AuditEvent } from '../../main/audit/audit.ts'
import { findDirectories } from '../../main/base/files/directories.ts'
import type { Account } from '../../main/broker/account/accounts.ts'
import type { RemainingTokens } from '../../main/broker/revocation/remaining-tokens.ts'
import { createMemorySettings } from '../../main/settings/memory-settings.ts'
import { createMemoryVault } from '../../main/vault/memory-vault.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { makeTestFolder } from '../helpers/marks.ts'
import { eventually } from '../helpers/waiting.ts'
import type { NamedRig, Rig } from '../providers/contract/rig.ts'
import type { BuiltPage } from '../renderer/with-page.ts'
import { type Machine, type Run, startRun } from './broker-run.ts'
import { BrowserWindow } from './browser-window.ts'
import { expectPage, type ServiceState } from './expect-page.ts'
import { SESSION } from './shown-tokens.ts'

const MINUTE = 60_000
const DAY = 86_400_000
/** Some services accept a token a little longer than its stated expiry. */
const LATEST_MS = 20 * MINUTE
const ACTIONS = {
  logout: ['Log out…', 'Log out', 'Logged out of'],
  remove: ['Remove…', 'Remove', 'Removed'],
} as const
const STAYS_VALID =
  /^The token of \w+ for \S+ is (waiting to be revoked|valid until it expires in \d+ \w+): \S.*\.$/
const DOWN = { kind: 'status', status: 503, body: { error: 'maintenance' } } as const

/** A service, a machine with one account on it, and what Tokentray reports there. */
export class OutcomeScene {
  readonly rig: Rig
  readonly machine: Machine
  run: Run
  readonly window: BrowserWindow
  readonly #provider: string
  /** Each token that was handed out: its fingerprint, and the client it is dedicated to. */
  readonly #handedOut = new Map<
    string,
    { readonly fingerprint: string; readonly tool: string | null }
  >()

  private constructor(
    parts: Pick<OutcomeScene, 'rig' | 'machine' | 'run' | 'window'>,
    provider: string,
  ) {
    this.rig = parts.rig
    this.machine = parts.machine
    this.run = parts.run
    this.window = parts.window
    this.#provider = provider
  }

  /** Starts everything, and logs in. */
  static async open(
    { make, provider, loginLeavesMs = 0 }: NamedRig,
    built: BuiltPage,
  ): Promise<OutcomeScene> {
    const clock = new FakeClock()
    const rig = await make(clock)
    const directories = findDirectories({ TOKENTRAY_HOME: makeTestFolder('said') })
    const machine: Machine = {
      ...{ clock, directories, settings: createMemorySettings(), vault: createMemoryVault(clock) },
      ...{ events: [], logged: [] },
    }
    const run = await startRun(machine)
    const window = await BrowserWindow.open(built, run.desktop, clock)
    const scene = new OutcomeScene({ rig, machine, run, window }, provider.id)
    const { values, secrets } = rig.form
    const code = rig.form.oneTimeCode
    await scene.run.broker.logins.add({
      ...{ provider, name: 'it', values, secrets, ...(code && { oneTimeCode: code }) },
    })
    await clock.advance(loginLeavesMs + 1)
    return scene
  }

  get account(): Account {
    const [account] = this.run.broker.accounts.all()
    if (!account) throw new Error('There is no account.')
    return account
  }

  async lease(name: string): Promise<void> {
    const { broker } = this.run
    const { client } = broker.clients.add(name, { accountUids: [this.account.uid] })
    const { lease } = await broker.issue({ client, account: this.account, route: 'test' })
    const tool = lease.kind === 'dedicated' ? name : null
    this.#handedOut.set(lease.held.token.value.reveal(), { fingerprint: lease.fingerprint, tool })
    // Some services make the same token twice within a second.
    await this.machine.clock.advance(1_000)
  }

  goDown(): void {
    this.rig.simulator.faults.next(Number.POSITIVE_INFINITY, DOWN)
  }

  comeBack(): void {
    this.rig.simulator.faults.clear()
  }

  /** Closes leases in the window, which shows the outcome for each lease's token. */
  async leaveAccount(how: 'remove' | 'logout'): Promise<void> {
    const [button, action, done] = ACTIONS[how]
    const open = this.run.broker.leases.list()
    const { id } = this.account
    const [first, ...said] = await this.window.confirmAction(id, button, action)
    expect(first).toBe(`${done} ${id}.`)
    for (const { client } of open) {
      const name = this.run.broker.clients.nameOf(client)
      // Its service is down, so nothing was revoked.
      const sentence = said.filter((each) => each.startsWith(`The token of ${name} `))
      expect([name, sentence]).toEqual([name, [expect.stringMatching(STAYS_VALID)]])
    }
  }

  /** Quits; checks against the service which tokens are left, and until when they are valid. */
  async quit(): Promise<RemainingTokens> {
    const { simulator } = this.rig
    const ends = simulator.aliveTokens().map((token) => simulator.endOf(token))
    const left = await this.run.quit()
    this.window.close()
    const said = [left.pendingEndsAt, left.untilExpiryEndsAt].filter((each) => each !== undefined)
    const [saidLast, last] = [latestOf(said), latestOf(ends)]
    expect(saidLast === null).toBe(last === null)
    // Tokens expire on whole seconds at the services.
    expect(Math.abs(Number(saidLast) - Number(last))).toBeLessThanOrEqual(1_000)
    return left
  }

  async restart(): Promise<void> {
    this.run = await startRun(this.machine)
    await this.window.reopen(this.run.desktop)
  }

  async close(): Promise<void> {
    this.comeBack()
    await this.run.quit()
    this.window.close()
    await this.rig.simulator.close()
  }

  /** Checks that what is shown as valid until it expires is valid until then, and then no longer shown. */
  async expectExpiry(): Promise<void> {
    const { simulator } = this.rig
    const { clock } = this.machine
    const last = latestOf(simulator.aliveTokens().map((token) => simulator.endOf(token)))
    // Time advances minute by minute, which takes too long for a token that is valid for weeks.
    if (!last || last - clock.now() > DAY) return
    await clock.advance(last - clock.now() - MINUTE)
    await this.expectAgreement()
    expect(simulator.aliveTokens()).not.toEqual([])
    await clock.advance(LATEST_MS)
    await this.expectAgreement()
    expect(simulator.aliveTokens()).toEqual([])
  }

  /** Fails unless everything reported agrees with the service. */
  async expectAgreement(): Promise<void> {
    const { rig, run } = this
    const { broker } = run
    const said = () => {
      const leases = broker.leases.list().map(({ held }) => held)
      const sessions = broker.accounts.all().flatMap(({ session }) => session.current ?? [])
      const lingering = broker.revoker.tracker
        .outstanding()
        .flatMap(({ item }) => ('token' in item ? [item] : []))
      const all = [...leases, ...sessions, ...lingering]
      return [...new Set(all.map(({ token }) => token.value.reveal()))].sort()
    }
    await eventually(said).toEqual([...rig.simulator.aliveTokens()].sort())

    const { lingering = [], leases } = await run.leases()
    const waiting = lingering.filter(({ at_service }) => at_service === 'pending')
    const status = await run.status()
    expect(status).toMatchObject({
      ...{ pending: waiting.length, until_expiry: lingering.length - waiting.length },
      ...{ leases: leases.length, expired: 0 },
    })
    for (const { why } of lingering) expect(why).toMatch(/^\S.+\.$/)

    const active = await run.cli('active', '--all')
    expect(active.match(/waiting to be revoked: /g) ?? []).toHaveLength(waiting.length)
    expect(active.match(/valid until it expires .*: /g) ?? []).toHaveLength(
      lingering.length - waiting.length,
    )
    for (const { id } of leases) expect(active).toContain(id)

    await expectPage(this.window, this.#serviceState())
    this.expectAuditLog()
  }

  /** Advances time until no token of an earlier run is waiting to be revoked. */
  async expectRecovered(): Promise<void> {
    const { clock } = this.machine
    const look = async () => {
      // Requests are answered in real time, whatever the fake clock says.
      await setTimeout(50)
      await clock.advance(5_000)
      return await this.run.status()
    }
    const isDone = { pending: 0, work_off: { state: 'done', remaining: 0 } }
    await eventually(look).toMatchObject(isDone)
  }

  /** What the page is compared with. */
  #serviceState(): ServiceState {
    const { simulator } = this.rig
    const { clock } = this.machine
    return {
      account: `${this.#provider}/it`,
      now: () => clock.now(),
      alive: () =>
        simulator.aliveTokens().map((token) => ({
          who: this.#handedOut.get(token)?.tool ?? SESSION,
          endsAt: simulator.endOf(token),
        })),
      dead: () => {
        const alive = simulator.aliveTokens()
        return [...this.#handedOut].flatMap(([token, { tool }]) =>
          tool === null || alive.includes(token) ? [] : [tool],
        )
      },
    }
  }

  /** Fails unless the audit log alone tells which of the tokens handed out are valid. */
  expectAuditLog(): void {
    const alive = this.rig.simulator.aliveTokens()
    for (const [token, { fingerprint }] of this.#handedOut) {
      const isOver = this.machine.events.some(
        (event: AuditEvent) =>
          event.fingerprint === fingerprint &&
          (event.event === 'token_revoked' || event.event === 'token_expired'),
      )
      expect([fingerprint, isOver]).toEqual([fingerprint, !alive.includes(token)])
    }
  }
}

/** The latest of these expiries; `null` if one never expires, 0 for none. */
function latestOf(ends: readonly (number | null)[]): number | null {
  return ends.includes(null) ? null : Math.max(0, ...ends.map(Number))
}
