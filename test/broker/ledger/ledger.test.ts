import { beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { Ledger, type TokenOwner } from '../../../main/broker/ledger/ledger.ts'
import type { AccessToken } from '../../../main/providers/provider.ts'
import { LedgerFile } from '../../../main/vault/ledger/ledger-file.ts'
import type {
  LedgerLine,
  LedgerPayload,
  LedgerStore,
} from '../../../main/vault/ledger/ledger-store.ts'
import { createMemoryVault } from '../../../main/vault/memory-vault.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { codeOf, diskFull } from '../../helpers/make-broker.ts'
import { makeTestFolder, markedSecret } from '../../helpers/marks.ts'

/** An in-memory store that counts its calls. */
class StoreTwin implements LedgerStore {
  readonly appended: LedgerLine[] = []
  entries: readonly LedgerPayload[] = []
  notices: readonly string[] = []
  readonly isPersistent = true
  isFull = false
  lines = 0
  compactions = 0

  async load() {
    return { entries: this.entries, notices: this.notices }
  }

  keys() {
    return []
  }

  async append(lines: readonly LedgerLine[]) {
    if (this.isFull) throw diskFull()
    this.appended.push(...lines)
    this.lines += lines.length
  }

  async compact() {
    this.compactions += 1
    this.lines = 0
  }

  async close() {}
}

const owner: TokenOwner = {
  accountUid: 'uid',
  provider: 'sftpgo',
  values: { url: 'https://service.example' },
  kind: 'session',
}

let clock: FakeClock
let store: StoreTwin
let ledger: Ledger

beforeEach(() => {
  clock = new FakeClock()
  store = new StoreTwin()
  ledger = new Ledger(store, clock)
})

function makeToken(lifeMs: number | null = 60_000): AccessToken {
  const value = new Secret(markedSecret('token'))
  const expiresAt = lifeMs === null ? null : clock.now() + lifeMs
  return { value, tokenType: 'Bearer', headers: { Authorization: value }, expiresAt }
}

async function add(lifeMs?: number | null) {
  const held = ledger.add(owner, makeToken(lifeMs))
  await ledger.write(held)
  return held
}

describe('Ledger', () => {
  it('reads after a restart what was added and not removed', async () => {
    const folder = makeTestFolder('ledger')
    const vault = createMemoryVault(clock)
    const first = new Ledger(new LedgerFile(folder, vault, clock), clock)
    await first.open()
    const kept = first.add(owner, makeToken())
    const ended = first.add(owner, makeToken())
    await first.write(kept)
    await first.write(ended)
    await first.remove(ended.id)
    await first.close()

    const second = new Ledger(new LedgerFile(folder, vault, clock), clock)
    expect(await second.open()).toEqual([])
    const [found, ...others] = second.tokensOf('uid')
    expect(others).toEqual([])
    expect(found).toMatchObject({ ...owner, id: kept.id, addedAt: kept.addedAt })
    expect(found?.token.value.equals(kept.token.value)).toBe(true)
    await second.close()
  })

  it('keeps a token in memory whose line cannot be written, and writes it on the next request', async () => {
    const held = ledger.add(owner, makeToken())
    store.isFull = true
    expect(await codeOf(ledger.write(held))).toBe('record_unavailable')
    expect(ledger.all()).toEqual([held])
    store.isFull = false
    await ledger.write(held)
    expect(store.appended).toMatchObject([{ op: 'add', entry: { id: held.id } }])
  })

  it('writes a token once', async () => {
    const held = await add()
    await ledger.write(held)
    expect(store.appended).toHaveLength(1)
  })

  it('has one entry for a token that a service returned twice, per account and kind', () => {
    const token = makeToken()
    const again = { ...token, value: new Secret(token.value.reveal()) }
    const held = ledger.add(owner, token)
    expect(ledger.add(owner, again)).toBe(held)
    const others = [
      ledger.add(owner, makeToken()),
      ledger.add({ ...owner, accountUid: 'another' }, again),
      ledger.add({ ...owner, kind: 'lease' }, again),
    ]
    expect(ledger.all()).toEqual([held, ...others])
  })

  it('removes a token once', async () => {
    const held = await add()
    await Promise.all([ledger.remove(held.id), ledger.remove(held.id)])
    expect(store.appended.map(({ op }) => op)).toEqual(['add', 'end'])
    expect(ledger.get(held.id)).toBeUndefined()
  })

  it('measures the whole lifetime of a token across a restart, and the rest by both clocks', async () => {
    const held = await add(1_200_000)
    store.entries = store.appended.flatMap((line) => (line.op === 'add' ? [line.entry] : []))
    await clock.advance(900_000)
    const later = new Ledger(store, clock)
    await later.open()
    const [found] = later.tokensOf('uid')
    expect(held.lifeMs).toBe(1_200_000)
    expect(found?.lifeMs).toBe(1_200_000)
    expect(found?.lifetime.remainingMs).toBe(300_000)
    clock.jumpWall(-86_400_000)
    await clock.advance(300_000)
    expect(found?.lifetime.remainingMs).toBe(0)
  })

  it('has no expiry for a token that never expires', async () => {
    const held = await add(null)
    expect([held.lifeMs, held.lifetime.remainingMs]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ])
  })

  it('is compacted once most of a long file is about revoked tokens, and not before', async () => {
    const kept = await add()
    for (let count = 0; count < 998; count += 1) await ledger.remove((await add()).id)
    expect(store.lines).toBe(1_997)
    expect(store.compactions).toBe(0)
    await ledger.remove((await add()).id)
    expect(store.compactions).toBe(0)
    await ledger.remove((await add()).id)
    expect(store.compactions).toBe(1)
    expect(ledger.all()).toEqual([kept])
  })

  it('is not compacted if a long file is about valid tokens', async () => {
    for (let count = 0; count < 1_000; count += 1) await add()
    for (let count = 0; count < 1_000; count += 1) await ledger.remove((await add()).id)
    expect(store.compactions).toBe(0)
  })

  it('passes on notices, and reports how many entries it cannot use', async () => {
    await add()
    const entries = store.appended.flatMap((line) => (line.op === 'add' ? [line.entry] : []))
    store.entries = [...entries, { id: 'of another version', kind: 'unheard-of' }]
    store.notices = ['from the store']
    const later = new Ledger(store, clock)
    const notices = await later.open()
    expect(notices[0]).toBe('from the store')
    expect(notices[1]).toMatch(/^1 token in the ledger can only be read by a newer version/)
    expect(later.unreadable).toBe(1)
    expect(later.all()).toHaveLength(1)
  })
})
