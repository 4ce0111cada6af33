import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { epochSeconds, secondsLeft } from '../../../main/loopback/schemas/schema-parts.ts'
import { toBody } from '../../../main/loopback/schemas/to-body.ts'

describe('a body built from a description', () => {
  it('has the members of the schema, and no others', () => {
    const schema = z.strictObject({ lease_id: z.string(), needs_login: z.boolean().optional() })
    const described = { leaseId: 'L1', token: 'T1', constructor: 'none' }
    expect(toBody(schema, described)).toEqual({ lease_id: 'L1' })
  })

  it('converts times and durations to whole seconds at any depth', () => {
    const item = z.strictObject({ ends_at: epochSeconds.optional(), lease_seconds: z.int() })
    const schema = z.strictObject({
      expires_in: secondsLeft,
      silent_host: z.strictObject({ until: epochSeconds }).optional(),
      items: z.array(item),
    })
    const described = {
      expiresIn: 59_999,
      silentHost: { until: 1_700_000_000_999 },
      items: [{ endsAt: 1_700_000_001_000, leaseSeconds: 900 }, { leaseSeconds: 60 }],
    }
    expect(toBody(schema, described)).toEqual({
      expires_in: 59,
      silent_host: { until: 1_700_000_000 },
      items: [{ ends_at: 1_700_000_001, lease_seconds: 900 }, { lease_seconds: 60 }],
    })
  })

  it('does not change the keys of a record', () => {
    const schema = z.strictObject({ values: z.record(z.string(), z.string()) })
    const described = { values: { baseUrl: 'https://files.example.com' } }
    expect(toBody(schema, described)).toEqual(described)
  })
})
