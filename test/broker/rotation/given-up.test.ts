import { describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { program } from '../../../main/broker/record/actor.ts'
import { AuthState } from '../../../main/broker/session/auth-state.ts'
import type { SessionPorts } from '../../../main/broker/session/session-ports.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { tokenOf } from '../../helpers/make-broker.ts'
import { listed, type Rotating, startAged, turns } from './set-up.ts'

const isRenewal = ({ path }: { readonly path: string }) => path === '/renew'
const isRevocation = ({ method }: { readonly method: string }) => method === 'DELETE'

const revokeAll = (rotating: Rotating) =>
  rotating.test.broker.revokeAll({ accountUid: rotating.account().uid }, program)

describe('a token that its service extends', () => {
  it('is not handed out if it was revoked while its service extended it', async () => {
    const rotating = await startAged({ old: 'same', says: 'same' })
    const release = rotating.simulator.gate.hold(isRenewal)
    const asked = rotating.issue()
    await rotating.simulator.gate.held(1)
    await revokeAll(rotating)
    release()
    const issued = tokenOf(await asked)
    expect(rotating.simulator.aliveTokens()).toEqual([issued])
    await listed(rotating, 1)
    expect(rotating.test.listed()).toEqual([issued])
    expect(rotating.simulator.reuses()).toBe(0)
  })

  it('is not handed out if it is still being revoked when its service has extended it', async () => {
    const rotating = await startAged({ old: 'same', says: 'same' })
    const before = rotating.simulator.aliveTokens()
    const renew = rotating.simulator.gate.hold(isRenewal)
    const asked = rotating.issue()
    await rotating.simulator.gate.held(1)
    const revoke = rotating.simulator.gate.hold(isRevocation)
    const revoked = revokeAll(rotating)
    await rotating.simulator.gate.held(2)
    renew()
    await turns()
    revoke()
    await revoked
    const issued = await asked.then(tokenOf)
    expect(before).not.toContain(issued)
    expect(rotating.simulator.aliveTokens()).toEqual([issued])
  })
})

describe('a renewed credential', () => {
  const kept = { refresh: new Secret('in the keychain') }
  const renewed = { refresh: new Secret('from the service') }

  /** The state of a logged-in account whose keychain has `kept`. */
  function makeState(): AuthState {
    const parts: Partial<SessionPorts> = {
      ...{ clock: new FakeClock(), random: () => 0, isLocked: () => false },
      stopping: new AbortController().signal,
    }
    return new AuthState(parts as SessionPorts, { read: async () => kept })
  }

  it('is in memory from the renewal on', async () => {
    const state = makeState()
    const mark = state.epoch.current
    await state.withRotation(async () => state.rotated(renewed, mark))
    expect(await state.credential()).toBe(renewed)
  })

  it('does not come into memory if the account is logged out during its renewal', async () => {
    const state = makeState()
    const mark = state.epoch.current
    await state.withRotation(async () => {
      state.reset()
      state.rotated(renewed, mark)
    })
    expect(await state.credential()).toBe(kept)
  })
})
