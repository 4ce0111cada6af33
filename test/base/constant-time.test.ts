import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Secret } from '../../main/base/secret.ts'
import { Clients } from '../../main/broker/clients.ts'
import { Authentication } from '../../main/loopback/oauth/authentication.ts'
import { createMemorySettings } from '../../main/settings/memory-settings.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { recorded } from '../helpers/recorded-settings.ts'

/** The values compared in constant time; the comparison itself is the real one. */
const compared = vi.hoisted(() => [] as [mine: string, theirs: string][])
vi.mock('node:crypto', async (original) => {
  const real = await original<typeof import('node:crypto')>()
  const timingSafeEqual: typeof real.timingSafeEqual = (one, other) => {
    const hex = (value: typeof one) => Buffer.from(value as Uint8Array).toString('hex')
    compared.push([hex(one), hex(other)])
    return real.timingSafeEqual(one, other)
  }
  return { ...real, timingSafeEqual }
})
beforeEach(() => {
  compared.length = 0
})

const digest = (text: string) => hash('sha256', text)
const OWNER = 'ownerkeyownerkeyownerkey'

function authenticating() {
  const clock = new FakeClock()
  const clients = new Clients(recorded(createMemorySettings()), clock)
  const { client, secret } = clients.add('backup', {})
  const authentication = new Authentication(clients, clock, new Secret(OWNER), {
    note: () => undefined,
  })
  const basic = (id: string, text: string) =>
    `Basic ${Buffer.from(`${id}:${text}`).toString('base64')}`
  return { authentication, basic, id: client.id, secret: secret.reveal() }
}

describe('an incoming secret is compared in constant time', () => {
  it('as a client secret, right or wrong', () => {
    const { authentication, basic, id, secret } = authenticating()
    authentication.requireClient(basic(id, secret))
    expect(() => authentication.requireClient(basic(id, `${secret}x`))).toThrow()
    expect(compared).toEqual([
      [digest(secret), digest(secret)],
      [digest(`${secret}x`), digest(secret)],
    ])
  })

  it('as the secret of an unknown client, which takes as long', () => {
    const { authentication, basic, secret } = authenticating()
    expect(() => authentication.requireClient(basic('nobody', secret))).toThrow()
    expect(compared).toEqual([[digest(secret), expect.stringMatching(/^[0-9a-f]{64}$/)]])
  })

  it('as the owner key, right or wrong', () => {
    const { authentication } = authenticating()
    authentication.requireOwner(`Bearer ${OWNER}`)
    expect(() => authentication.requireOwner('Bearer another')).toThrow()
    expect(compared).toEqual([
      [digest(OWNER), digest(OWNER)],
      [digest('another'), digest(OWNER)],
    ])
  })

  it('as a token to revoke', () => {
    const [one, other] = [new Secret('token-1'), new Secret('token-2')]
    expect([one.equals(new Secret('token-1')), one.equals(other)]).toEqual([true, false])
    const hex = (text: string) => Buffer.from(text).toString('hex')
    expect(compared).toEqual([
      [hex('token-1'), hex('token-1')],
      [hex('token-1'), hex('token-2')],
    ])
  })
})

/** A comparison that ends at the first difference, of a value, a digest of it, or bytes. */
const HASTY = [
  /reveal\(\)\s*[=!]==(?!\s*'')/,
  /[=!]==\s*[\w.#?!]+\.reveal\(\)/,
  /(?:digest|sha256)\([^)]*\)\s*[=!]==/,
  /[=!]==\s*(?:digest|sha256)\(/,
  /(?:digest|sha256)\([^)]*\)\.equals\(/,
  /Buffer\.compare\(/,
]

it('no source compares what a secret reveals, or a digest of one, in another way', () => {
  const root = path.join(import.meta.dirname, '../../main')
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  const hasty = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      readFileSync(path.join(root, file), 'utf8')
        .split('\n')
        .filter((line) => HASTY.some((comparison) => comparison.test(line)))
        .map((line) => `${file}: ${line.trim()}`),
    )
  expect(hasty).toEqual([])
})
