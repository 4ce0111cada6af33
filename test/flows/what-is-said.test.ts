import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { AuditEvent } from '../../main/audit/audit.ts'
import { findDirectories } from '../../main/base/directories.ts'
import type { Account } from '../../main/broker/accounts.ts'
import { createMemorySettings } from '../../main/settings/memory-settings.ts'
import { createMemoryVault } from '../../main/vault/memory-vault.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { makeTestFolder } from '../helpers/marks.ts'
import type { NamedRig, Rig } from '../providers/rig.ts'
import { rigs } from '../providers/rigs.ts'
import { type Machine, type Run, startRun } from './one-run.ts'

const MINUTE = 60_000
const WAIT = { timeout: 12_000 }
const DOWN = { kind: 'status', status: 503, body: { error: 'maintenance' } } as const

/** A service, a machine with one account of it, and what is said there. */
class Scene {
  readonly rig: Rig
  readonly machine: Machine
  run: Run
  /** The fingerprint of each token that was handed out. */
  readonly fingerprints = new Map<string, string>()

  constructor(rig: Rig, machine: Machine, run: Run) {
    this.rig = rig
    this.machine = machine
    this.run = run
  }

  static async open({ make, provider, loginLeavesMs = 0 }: NamedRig): Promise<Scene> {
    const clock = new FakeClock()
    const rig = await make(clock)
    const directories = findDirectories({ TOKENTRAY_HOME: makeTestFolder('said') })
    const machine: Machine = {
      ...{ clock, directories, settings: createMemorySettings(), vault: createMemoryVault(clock) },
      ...{ events: [], logged: [] },
    }
    const scene = new Scene(rig, machine, await startRun(machine))
    const { values, secrets } = rig.form
    const code = rig.form.oneTimeCode
    await scene.run.broker.signing.add({
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
    const { client } = broker.clients.add(name, [this.account.uid])
    const { lease } = await broker.issue({ client, account: this.account, route: 'test' })
    this.fingerprints.set(lease.held.token.value.reveal(), lease.fingerprint)
  }

  goDown(): void {
    this.rig.simulator.faults.next(Number.POSITIVE_INFINITY, DOWN)
  }

  comeBack(): void {
    this.rig.simulator.faults.clear()
  }

  async restart(): Promise<void> {
    this.run = await startRun(this.machine)
  }

  /** Fails unless all that is said is what the service knows. */
  async expectTruth(): Promise<void> {
    const { rig, run } = this
    const { broker } = run
    const said = () => {
      const leases = broker.leases.list().map(({ held }) => held)
      const sessions = broker.accounts.all().flatMap(({ session }) => session.current ?? [])
      const lingering = broker.endings.fates
        .lingering()
        .flatMap(({ item }) => (item.kind === 'plan' ? [] : [item]))
      const all = [...leases, ...sessions, ...lingering]
      return [...new Set(all.map(({ token }) => token.value.reveal()))].sort()
    }
    await expect.poll(said, WAIT).toEqual([...rig.simulator.aliveTokens()].sort())

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

    const snapshot = run.snapshot()
    expect(snapshot.leases.map(({ id }) => id).sort()).toEqual(leases.map(({ id }) => id).sort())
    expect(snapshot.lingering.map(({ id, atService }) => [id, atService])).toEqual(
      lingering.map(({ id, at_service }) => [id, at_service]),
    )
    this.expectRecord()
  }

  /** Lets time go on until nothing of earlier runs waits any more. */
  async expectWorkedOff(): Promise<void> {
    const { clock } = this.machine
    const look = async () => {
      // In real time what is sent has to be answered, whatever the clock says.
      await setTimeout(50)
      await clock.advance(5_000)
      return await this.run.status()
    }
    const isDone = { pending: 0, work_off: { state: 'done', remaining: 0 } }
    await expect.poll(look, WAIT).toMatchObject(isDone)
  }

  /** Fails unless the record alone tells which of the tokens that were handed out live. */
  expectRecord(): void {
    const alive = this.rig.simulator.aliveTokens()
    for (const [token, fingerprint] of this.fingerprints) {
      const isOver = this.machine.events.some(
        (event: AuditEvent) =>
          event.fingerprint === fingerprint &&
          (event.event === 'token_revoked' || event.event === 'token_expired'),
      )
      expect([fingerprint, isOver]).toEqual([fingerprint, !alive.includes(token)])
    }
  }
}

let scene: Scene | null = null

afterEach(async () => {
  scene?.comeBack()
  await scene?.run.quit()
  await scene?.rig.simulator.close()
  scene = null
})

describe.each(rigs)('what is said of the tokens of $name', (named) => {
  it.each(['remove', 'logout'] as const)(
    'is what its service knows, through an outage, a %s, a quit and a start',
    async (leave) => {
      const it = await Scene.open(named)
      scene = it
      await it.expectTruth()
      await it.lease('one')
      await it.lease('two')
      await it.expectTruth()

      it.goDown()
      const [first] = it.run.broker.clients.records()
      await it.run.cli('revoke', '--client', first?.name ?? '')
      await it.expectTruth()
      await it.run.broker.signing[leave](it.account)
      await it.expectTruth()

      const said = await it.run.leases()
      const before = await it.run.quit()
      expect(before.pending + before.untilExpiry).toBe(it.rig.simulator.aliveTokens().length)
      expect(before.pending + before.untilExpiry).toBe(said.lingering?.length ?? 0)

      await it.restart()
      await it.expectTruth()
      it.comeBack()
      await it.expectWorkedOff()
      await it.expectTruth()
      const { work_off } = await it.run.status()
      expect(work_off.revoked + work_off.expired + work_off.until_expiry).toBe(
        before.pending + before.untilExpiry,
      )
      expect(work_off.until_expiry).toBe(it.rig.simulator.aliveTokens().length)
      await it.machine.clock.advance(MINUTE)
      const { revoked, expired, until_expiry } = (await it.run.status()).work_off
      const line = { revoked, expired, valid_until_expiry: until_expiry }
      expect(it.machine.logged.at(-1)).toBe(`work-off done ${JSON.stringify(line)}`)
    },
  )
})
