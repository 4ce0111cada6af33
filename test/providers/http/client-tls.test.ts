import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../../main/base/clock.ts'
import { createHttpClient } from '../../../main/providers/http/client.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { describeWith } from '../../helpers/needs.ts'
import type { Simulator } from '../../simulators/simulator.ts'
import { refusalOf } from '../calling.ts'
import { Authority, type Certificate, openssl } from './certificates.ts'
import { startEchoService } from './echo-service.ts'

describeWith([openssl], 'the HTTP client over TLS', () => {
  let authority: Authority
  let otherAuthority: Authority
  let certificate: Certificate
  const opened: { close(): Promise<void> }[] = []
  beforeAll(() => {
    authority = new Authority()
    otherAuthority = new Authority()
    certificate = authority.issue('IP:127.0.0.1,DNS:localhost')
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()))
  })

  async function startService(tls: Certificate): Promise<Simulator> {
    const service = await startEchoService(undefined, { tls })
    opened.push(service)
    return service
  }

  const goodService = () => startService(certificate)

  function makeClient() {
    const client = createHttpClient({ clock: systemClock, env: {} })
    opened.push(client)
    return client
  }

  const call = (url: string, caFile?: string, client = makeClient()) =>
    client.send({
      method: 'GET',
      url,
      signal: new AbortController().signal,
      transport: caFile === undefined ? {} : { caFile },
    })

  it('trusts a private authority that the account names', async () => {
    const service = await goodService()
    const response = await call(`${service.url}/`, authority.file)
    expect(response.json()).toEqual({ hello: 'world' })
  })

  it.each([
    [
      'as listed by Node',
      () => ({ nodesAuthorities: () => [readFileSync(authority.file, 'utf8')] }),
    ],
    [
      'with an older Node, which cannot list them',
      () => ({ nodesAuthorities: null, env: { NODE_EXTRA_CA_CERTS: authority.file } }),
    ],
  ])('also trusts the authorities that the machine trusts (%s)', async (_how, trusting) => {
    const service = await goodService()
    const client = createHttpClient({ clock: systemClock, env: {}, ...trusting() })
    opened.push(client)
    expect((await call(service.url, otherAuthority.file, client)).status).toBe(200)
  })

  it('trusts it for that account only', async () => {
    const service = await goodService()
    const client = makeClient()
    await call(service.url, authority.file, client)
    const error = await refusalOf(call(service.url, undefined, client), 'temporarily_unavailable')
    expect(error.message).toContain('not signed by a trusted authority')
    expect(error.hint).toContain('CA file')
    await refusalOf(call(service.url, otherAuthority.file, client), 'temporarily_unavailable')
    expect(service.requests).toHaveLength(1)
  })

  it('verifies certificates despite NODE_TLS_REJECT_UNAUTHORIZED', async () => {
    const service = await goodService()
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      await refusalOf(call(service.url), 'temporarily_unavailable')
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    }
    expect(service.requests).toHaveLength(0)
  })

  it('reports a certificate for another name', async () => {
    const service = await startService(authority.issue('DNS:other.example.com'))
    const error = await refusalOf(call(service.url, authority.file), 'temporarily_unavailable')
    expect(error.message).toContain('a different name')
  })

  it('reports an expired certificate', async () => {
    const service = await startService(authority.issue('IP:127.0.0.1', { expired: true }))
    const error = await refusalOf(call(service.url, authority.file), 'temporarily_unavailable')
    expect(error.message).toContain('has expired')
  })

  it('reads the CA file for each call, so that a new one takes effect at once', async () => {
    const service = await goodService()
    const file = path.join(makeTestFolder('ca'), 'ca.pem')
    const client = makeClient()
    writeFileSync(file, readFileSync(otherAuthority.file))
    await refusalOf(call(service.url, file, client), 'temporarily_unavailable')
    writeFileSync(file, readFileSync(authority.file))
    expect((await call(service.url, file, client)).status).toBe(200)
  })

  it('accepts several certificates in one file, with text between them', async () => {
    const service = await goodService()
    const file = path.join(makeTestFolder('ca'), 'bundle.pem')
    const both = [otherAuthority, authority].map((each) => readFileSync(each.file, 'utf8'))
    writeFileSync(file, `# ours\n${both.join('\n# and theirs\n')}`)
    expect((await call(service.url, file)).status).toBe(200)
  })

  it.each<[string, (file: string) => void]>([
    ['cannot be read', () => {}],
    ['is not a file', (file) => mkdirSync(file)],
    ['is not a file', (file) => symlinkSync('/dev/zero', file)],
    ['is not a file', (file) => execFileSync('mkfifo', [file])],
    ['contains no PEM certificate', (file) => writeFileSync(file, '')],
    ['contains no PEM certificate', (file) => writeFileSync(file, Buffer.alloc(2000, 7))],
    ['contains no PEM certificate', (file) => writeFileSync(file, certificate.key)],
    ['is too large', (file) => writeFileSync(file, certificate.cert.padEnd(1024 * 1024 + 1))],
    [
      'contains a certificate that cannot be read',
      (file) =>
        writeFileSync(file, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
    ],
  ])('refuses a CA file that %s, by its path, before anything is sent', async (what, make) => {
    const service = await goodService()
    const file = path.join(makeTestFolder('ca'), 'ca.pem')
    make(file)
    const error = await refusalOf(call(service.url, file), 'invalid_request')
    expect(error.message).toContain(`${file} ${what}`)
    expect(service.requests).toHaveLength(0)
  })

  it('refuses a relative path for a CA file', async () => {
    const service = await goodService()
    const file = path.relative(process.cwd(), authority.file)
    const error = await refusalOf(call(service.url, file), 'invalid_request')
    expect(error.message).toContain('absolute')
  })
})
