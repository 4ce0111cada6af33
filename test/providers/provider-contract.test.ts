import { describe, expect, it } from 'vitest'
import { findProvider, providers } from '../../main/providers/index.ts'
import { describeProvider } from './provider-contract.ts'
import { rigs } from './rigs.ts'

describe('the registry', () => {
  it('holds each id once and finds each provider by it', () => {
    expect(new Set(providers.map(({ id }) => id)).size).toBe(providers.length)
    for (const provider of providers) expect(findProvider(provider.id)).toBe(provider)
  })

  it('finds nothing under a name that is none', () => {
    for (const id of ['', 'sftp', 'constructor', '__proto__']) {
      expect(findProvider(id)).toBeUndefined()
    }
  })
})

for (const provider of providers) describeProvider(provider, rigs[provider.id])
