import { describe, expect, it } from 'vitest'
import { glowmarktRigs } from '../glowmarkt/rig.ts'
import { breakRig } from './breaking.ts'
import { contractCases } from './cases.ts'
import type { NamedRig } from './rig.ts'

const [glowmarkt] = glowmarktRigs
const namesOf = (rig: NamedRig, member: string) =>
  contractCases(rig).filter(({ name }) => name.startsWith(`${member}:`))

describe('the choice of cases', () => {
  if (!glowmarkt) throw new Error('There is no rig to choose for.')

  it('leaves a member that always says not_supported the one case that it does', async () => {
    for (const [said, fails] of [
      ['not_supported', 0],
      ['revoked', 1],
    ] as const) {
      const rig = breakRig(
        { ...glowmarkt, notSupported: ['revokeById'] },
        { driver: () => ({ revokeById: async () => said }) },
      )
      const cases = namesOf(rig, 'revokeById')
      expect(cases.map(({ name }) => name)).toEqual([
        'revokeById: says that the service cannot do it',
      ])
      const results = await Promise.allSettled(cases.map(({ run }) => run()))
      expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(fails)
    }
  })

  it('wants a token that cannot be revoked to be called so', async () => {
    const { refresh } = glowmarkt.tokens
    if (!refresh) throw new Error('There is no token to choose for.')
    const tokens = { ...glowmarkt.tokens, refresh: { ...refresh, revocable: false } as const }
    const name = 'revoke: says that it cannot end a token of refresh'
    const [only] = contractCases({ ...glowmarkt, tokens }).filter((one) => one.name === name)
    await expect(only?.run()).rejects.toThrow()
  })

  it('injects no fault into a call without requests, and notices if the call makes one', async () => {
    for (const [driver, fails] of [
      [{}, 1],
      [{ listTokens: async () => [] }, 0],
    ] as const) {
      const rig = breakRig({ ...glowmarkt, requests: { listTokens: 0 } }, { driver: () => driver })
      const cases = namesOf(rig, 'listTokens')
      expect(cases.map(({ name }) => name)).toEqual(['listTokens: sends 0 requests, none twice'])
      const results = await Promise.allSettled(cases.map(({ run }) => run()))
      expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(fails)
    }
  })

  it('does not accept a field that depends on no choice', async () => {
    const [field] = glowmarkt.provider.fields
    if (!field) throw new Error('There is no field.')
    for (const when of [
      { field: 'an invalid address', is: 'yes' },
      { field: 'allowPlainHttp', is: 'perhaps' },
    ]) {
      const fields = [...glowmarkt.provider.fields, { ...field, name: 'last', when }]
      const rig = { ...glowmarkt, provider: { ...glowmarkt.provider, fields } }
      const name = 'form: makes fields depend on choices further up only'
      const [only] = contractCases(rig).filter((one) => one.name === name)
      await expect(only?.run()).rejects.toThrow()
    }
  })

  it('does not accept a rig that names too few members or an exception for none', async () => {
    const mint = { at: 'portalLink', row: 'says 500', becomes: 'an answer', because: 'x' } as const
    const rig: NamedRig = { ...glowmarkt, members: ['mint', 'revoke'], exceptions: [mint] }
    const results = await Promise.allSettled(namesOf(rig, 'rig').map(({ run }) => run()))
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })
})
