import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'

let endpoint: TestLoopback
beforeAll(async () => {
  endpoint = await makeLoopback()
  await endpoint.newAccount()
})
afterAll(() => endpoint.close())

describe('a session token without an open lease', () => {
  it('is listed and counted, and revoked with all once a tool may have it', async () => {
    const account = 'sftpgo/alice'
    const listed = (await endpoint.manage('GET', '/v1/leases')).body
    expect(listed).toMatchObject({ leases: [], sessions: [{ account, may_be_out: false }] })
    expect((await endpoint.manage('GET', '/v1/status')).body).toMatchObject({ sessions: 1 })
    const kept = (await endpoint.manage('POST', '/v1/leases/end', { all: true })).body
    expect(kept).toEqual({ leases: [] })

    await endpoint.manage('POST', '/v1/tokens', { account })
    await endpoint.clock.advance(16 * 60_000)
    const ended = (await endpoint.manage('POST', '/v1/leases/end', { account })).body
    expect(ended).toMatchObject({ leases: [], sessions: [{ account, at_service: 'ended' }] })
    expect((await endpoint.manage('GET', '/v1/leases')).body).toEqual({ leases: [] })
  })
})
