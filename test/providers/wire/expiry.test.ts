import { describe, expect, it } from 'vitest'
import { parseExpiry, type WrittenExpiry } from '../../../main/providers/wire/expiry.ts'
import { signJwt } from '../../simulators/jwt.ts'
import { refusalOf } from '../calling.ts'

const MOMENT = Date.UTC(2026, 2, 4, 5, 6, 7)
const jwt = (claims: Readonly<Record<string, unknown>>) => signJwt(claims, Buffer.from('key'))

describe('the expiry normaliser', () => {
  it.each<WrittenExpiry>([
    { as: 'rfc3339', value: '2026-03-04T05:06:07Z' },
    { as: 'rfc3339', value: '2026-03-04t05:06:07.000z' },
    { as: 'rfc3339', value: '2026-03-04T05:06:07.000000000Z' },
    { as: 'rfc3339', value: '2026-03-04T07:36:07+02:30' },
    { as: 'unix_seconds', value: MOMENT / 1000 },
    { as: 'unix_ms', value: MOMENT },
    { as: 'jwt', value: jwt({ exp: MOMENT / 1000 }) },
    { as: 'lifetime_seconds', value: 600, sentAt: MOMENT - 600_000 },
  ])('reads $as', (written) => {
    expect(parseExpiry(written, 0)).toBe(MOMENT)
  })

  it.each<WrittenExpiry>([
    { as: 'rfc3339', value: '2026-03-04T05:06:07Z' },
    { as: 'unix_seconds', value: MOMENT / 1000 },
    { as: 'unix_ms', value: MOMENT },
    { as: 'jwt', value: jwt({ exp: MOMENT / 1000 }) },
  ])('subtracts how far the clock of the service is ahead of ours: $as', (written) => {
    expect(parseExpiry(written, 90_000)).toBe(MOMENT - 90_000)
    expect(parseExpiry(written, -90_000)).toBe(MOMENT + 90_000)
  })

  it('does not correct what was computed by our clock', () => {
    const written = { as: 'lifetime_seconds', value: 600, sentAt: MOMENT } as const
    expect(parseExpiry(written, 90_000)).toBe(MOMENT + 600_000)
  })

  it.each<WrittenExpiry>([
    { as: 'rfc3339', value: '2026-03-04 05:06:07' },
    { as: 'rfc3339', value: '2026-03-04T05:06:07' },
    { as: 'rfc3339', value: '2026-02-31T05:06:07Z' },
    { as: 'rfc3339', value: '2026-13-04T05:06:07Z' },
    { as: 'rfc3339', value: '2026-03-04T25:06:07Z' },
    { as: 'rfc3339', value: MOMENT },
    { as: 'rfc3339', value: null },
    { as: 'unix_seconds', value: MOMENT },
    { as: 'unix_seconds', value: '1772600767' },
    { as: 'unix_seconds', value: 0 },
    { as: 'unix_seconds', value: Number.NaN },
    { as: 'unix_ms', value: MOMENT / 1000 },
    { as: 'unix_ms', value: Number.POSITIVE_INFINITY },
    { as: 'jwt', value: jwt({}) },
    { as: 'jwt', value: jwt({ exp: 'soon' }) },
    { as: 'jwt', value: 'opaque' },
    { as: 'jwt', value: 'a.!!!.c' },
    { as: 'lifetime_seconds', value: 0, sentAt: MOMENT },
    { as: 'lifetime_seconds', value: Number.NaN, sentAt: MOMENT },
  ])('refuses $as $value', async (written) => {
    await refusalOf(
      Promise.resolve().then(() => parseExpiry(written, 0)),
      'unexpected_answer',
    )
  })
})
