import { describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { type LedgerEntry, parseEntry, toStored } from '../../../main/broker/ledger/ledger-entry.ts'
import { markedSecret } from '../../helpers/marks.ts'

const value = markedSecret('token')

const entry: LedgerEntry = {
  id: 'entry',
  accountUid: 'uid',
  provider: 'giantswarm',
  values: { url: 'https://service.example' },
  kind: 'lease',
  addedAt: 1_000,
  token: {
    value: new Secret(value),
    tokenType: 'giantswarm',
    headers: { Authorization: new Secret(`giantswarm ${value}`) },
    expiresAt: null,
  },
}

describe('a ledger entry', () => {
  it('is restored from its stored form with everything needed to revoke the token', () => {
    const back = parseEntry(JSON.parse(JSON.stringify(toStored(entry))))
    if (back?.kind !== 'lease') throw new Error('It is another kind of entry.')
    expect(back).toMatchObject({ ...entry, token: { tokenType: 'giantswarm', expiresAt: null } })
    expect(back.token.value.reveal()).toBe(value)
    expect(back.token.headers['Authorization']?.reveal()).toBe(`giantswarm ${value}`)
  })

  it('keeps the mark that its token must not be issued again, which an older version ignores', () => {
    expect(parseEntry(toStored({ ...entry, isLetGo: true }))).toMatchObject({ isLetGo: true })
    expect(parseEntry(toStored(entry))).not.toHaveProperty('isLetGo')
    expect(parseEntry({ ...toStored(entry), saidByALaterVersion: true })).toMatchObject({
      id: 'entry',
    })
  })

  it('keeps how long the service accepts the token after its expiry', () => {
    const token = { ...entry.token, takenAfterEndMs: 900_000 }
    expect(parseEntry(toStored({ ...entry, token }))).toMatchObject({
      token: { takenAfterEndMs: 900_000 },
    })
  })

  it('comes back with what belongs to the token, which an older version passes over', () => {
    const token = { ...entry.token, outputs: { csrf: new Secret(value) } }
    const back = parseEntry(JSON.parse(JSON.stringify(toStored({ ...entry, token }))))
    if (back?.kind !== 'lease') throw new Error('It is another kind of entry.')
    expect(back.token.outputs?.['csrf']?.reveal()).toBe(value)
    expect(JSON.stringify(back)).not.toContain(value)
    expect(parseEntry(toStored(entry))).not.toHaveProperty('token.outputs')
  })

  it('comes back as the credential of an account, with what is being done to it', () => {
    const { token: _, kind: __, ...common } = entry
    const credential = { refresh: new Secret(value) }
    const item = 'credential/item'
    const saved: LedgerEntry = { ...common, kind: 'credential', item, credential, isLetGo: true }
    const back = parseEntry(JSON.parse(JSON.stringify(toStored(saved))))
    if (back?.kind !== 'credential') throw new Error('It is another kind of entry.')
    expect(back).toMatchObject({ item, isLetGo: true, accountUid: 'uid' })
    expect(back.credential?.['refresh']?.reveal()).toBe(value)
    expect(JSON.stringify(back)).not.toContain(value)
    const begun: LedgerEntry = { ...common, kind: 'credential', item, isRenewing: true }
    expect(parseEntry(toStored(begun))).toEqual(begun)
  })

  it('shows no token when it is printed', () => {
    expect(JSON.stringify(parseEntry(toStored(entry)))).not.toContain(value)
  })

  it.each([
    { problem: 'no provider', change: { provider: undefined } },
    { problem: 'an unknown kind', change: { kind: 'loan' } },
    { problem: 'no token', change: { token: undefined } },
    { problem: 'a value that is no text', change: { values: { url: 7 } } },
  ])('is rejected with $problem', ({ change }) => {
    expect(parseEntry({ ...toStored(entry), ...change })).toBeNull()
  })
})
