import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock as clock } from '../../main/base/clock.ts'
import type { ErrorCode } from '../../main/base/errors.ts'
import { Secret } from '../../main/base/secret.ts'
import { checkValues } from '../../main/providers/form.ts'
import { createHttpClient } from '../../main/providers/http/client.ts'
import type { HttpClient } from '../../main/providers/http/http.ts'
import type { AccessToken, FormValues, Login } from '../../main/providers/provider.ts'
import { sftpgo } from '../../main/providers/sftpgo/sftpgo.ts'
import { markedSecret } from '../helpers/marks.ts'
import { describeWith } from '../helpers/needs.ts'
import { makeContext, refusalOf } from '../providers/calling.ts'
import { Authority, openssl } from '../providers/http/certificates.ts'
import { sftpgoAccounts } from './sftpgo-accounts.ts'
import { SftpgoCaller } from './sftpgo-caller.ts'
import { type SftpgoServer, type SftpgoSetUp, sftpgoServers } from './sftpgo-servers.ts'

describe.each(Object.entries(sftpgoServers))('the SFTPGo driver at %s', (_, start) => {
  const password = markedSecret('driver')
  let http: HttpClient & { close(): Promise<void> }
  let server: SftpgoServer
  let caller: SftpgoCaller

  function startedWith(setUp: Partial<SftpgoSetUp> | (() => Partial<SftpgoSetUp>) = {}): void {
    beforeAll(async () => {
      http = createHttpClient({ clock, env: {} })
      const wanted = typeof setUp === 'function' ? setUp() : setUp
      server = await start({ accounts: sftpgoAccounts(password), ...wanted })
      caller = new SftpgoCaller(server, password)
    })
    afterAll(() => Promise.all([http?.close(), server?.close()]))
  }

  const context = () => makeContext(http, clock)
  const valuesOf = (more: FormValues) => checkValues(sftpgo, { url: server.url, ...more })
  const byKey = { role: 'admin', leaseBy: 'api_key', username: 'root' }
  const newAccount = (more: FormValues, code?: string) => {
    const secrets = { password: new Secret(password) }
    const oneTimeCode = code === undefined ? {} : { oneTimeCode: new Secret(code) }
    return sftpgo.login({ values: valuesOf(more), secrets, ...oneTimeCode }, context())
  }
  const tokenOf = ({ token }: Login): AccessToken => {
    if (!token) throw new Error('The login returned no token.')
    return token
  }
  const driverOf = (more: FormValues) => {
    const values = valuesOf(more)
    const { mint, probe, revoke, revokeLease } = sftpgo.driver(values)
    if (!mint || !probe || !revoke) throw new Error('The driver lacks an operation that it had.')
    return { values, mint, probe, revoke, revokeLease }
  }

  interface Refusal {
    readonly values: FormValues
    readonly code: ErrorCode
    readonly says: RegExp
  }
  function refuses(refusals: readonly Refusal[]): void {
    for (const { values, code, says } of refusals) {
      it(`refuses ${Object.values(values).join(', ')}: ${says.source}`, async () => {
        const error = await refusalOf(newAccount(values), code)
        expect(`${error.message} ${error.hint}`).toMatch(says)
        if (values['role'] === 'admin') expect(await server.keyCount()).toBe(0)
      })
    }
  }

  describe('with its default settings', () => {
    startedWith()

    for (const values of [{ username: 'alice' }, { role: 'admin', username: 'root' }]) {
      it(`logs ${values.username} in, probes the token, and logs out again`, async () => {
        const { probe, revoke, ...driver } = driverOf(values)
        const token = tokenOf(await newAccount(values))
        expect((token.expiresAt ?? 0) - clock.now()).toBeGreaterThan(1_000_000)
        expect(await probe(token, driver.values, context())).toBe('accepted')
        expect(await revoke(token, driver.values, context())).toBe('revoked')
        expect(await probe(token, driver.values, context())).toBe('refused')
        expect(await revoke(token, driver.values, context())).toBe('already_gone')
      })
    }

    for (const keyUser of ['', 'alice']) {
      it(`creates a key for ${keyUser || 'the administrator'}, probes it, and deletes it`, async () => {
        const values = { ...byKey, ...(keyUser && { keyUser }) }
        const { mint, probe, revokeLease, ...driver } = driverOf(values)
        const login = await newAccount(values)
        const session = {
          values: driver.values,
          credential: login.credential,
          token: tokenOf(login),
        }
        const request = { leaseId: 'l1', lifetimeSeconds: 900 }
        const { token } = await mint(session, request, context())
        if (!token) throw new Error('No key was created.')
        expect(await server.keyCount()).toBe(1)
        expect(await probe(token, driver.values, context())).toBe('accepted')
        const lease = { leaseId: 'l1', token }
        expect(await revokeLease?.(lease, session, context())).toBe('revoked')
        expect(await probe(token, driver.values, context())).toBe('refused')
        expect(await revokeLease?.(lease, session, context())).toBe('already_gone')
        expect(await server.keyCount()).toBe(0)
      })
    }

    it('asks for a code, and accepts one', async () => {
      await refusalOf(newAccount({ username: 'coded' }), 'otp_required')
      const login = await newAccount({ username: 'coded' }, caller.codeNow('coded'))
      expect(login.usedCode).toBe(true)
      await refusalOf(newAccount({ username: 'coded' }, '000000'), 'wrong_credentials')
    })

    it('notices that the account of a token was deleted', async () => {
      const { probe, revoke, values } = driverOf({ username: 'leaving' })
      const token = tokenOf(await newAccount({ username: 'leaving' }))
      await server.remove('leaving')
      expect(await probe(token, values, context())).toBe('refused')
      expect(await revoke(token, values, context())).toBe('revoked')
    })

    refuses([
      { values: { username: 'stale' }, code: 'not_supported', says: /must change the password/ },
      { values: { username: 'unenrolled' }, code: 'not_supported', says: /for SSH, HTTP/ },
      { values: { username: 'nohttp' }, code: 'not_supported', says: /log in over HTTP/ },
      { values: { username: 'banned' }, code: 'not_supported', says: /log in over HTTP/ },
      { values: { username: 'nopassword' }, code: 'not_supported', says: /with a password/ },
      {
        values: { username: 'nofrom' },
        code: 'temporarily_unavailable',
        says: /from this address/,
      },
      { values: { username: 'off' }, code: 'otp_required', says: /./ },
      {
        values: { ...byKey, username: 'staleroot' },
        code: 'not_supported',
        says: /must change the password/,
      },
      {
        values: { ...byKey, username: 'unenrolledroot' },
        code: 'not_supported',
        says: /two-factor authentication/,
      },
      { values: { ...byKey, username: 'viewer' }, code: 'invalid_request', says: /permission \*/ },
      {
        values: { ...byKey, username: 'keyless' },
        code: 'not_supported',
        says: /keyless: that account does not allow API key/,
      },
      {
        values: { ...byKey, keyUser: 'bob' },
        code: 'not_supported',
        says: /bob: that account does not allow API key/,
      },
      {
        values: { ...byKey, keyUser: 'off' },
        code: 'not_supported',
        says: /off: that account is disabled/,
      },
      { values: { ...byKey, keyUser: 'nobody' }, code: 'invalid_request', says: /no user nobody/ },
    ])
  })

  describe('with API keys disabled', () => {
    startedWith({ keysOff: true })
    refuses([{ values: byKey, code: 'not_supported', says: /does not accept API keys/ }])
  })

  describe('with user logins disabled', () => {
    startedWith({ accounts: [], disabledLogins: ['user'] })
    refuses([
      {
        values: { username: 'a' },
        code: 'unexpected_answer',
        says: /this kind of login turned off/,
      },
    ])
  })

  describe('with a list of allowed host names', () => {
    startedWith({ accounts: [], allowedHosts: ['files.example.com'] })
    refuses([
      { values: { username: 'a' }, code: 'not_supported', says: /not respond under that name/ },
    ])
  })

  describe('that redirects to https', () => {
    startedWith({ accounts: [], httpsRedirect: true })
    refuses([{ values: { username: 'a' }, code: 'unexpected_answer', says: /redirects to https:/ }])
  })

  describe('with its defender enabled', () => {
    startedWith({ accounts: [], defender: { threshold: 4 } })

    it('reports that this computer is blocked', async () => {
      for (let time = 0; time < 2; time += 1) {
        await refusalOf(newAccount({ username: 'nobody' }), 'otp_required')
      }
      const error = await refusalOf(newAccount({ username: 'nobody' }), 'rate_limited')
      expect(error.message).toContain("has blocked this computer's address")
    })
  })

  describeWith([openssl], 'over https', () => {
    startedWith(() => ({ accounts: [], tls: new Authority().issue('IP:127.0.0.1') }))

    it('reports that it uses https if called over plain http', async () => {
      const url = server.url.replace('https:', 'http:')
      const error = await refusalOf(newAccount({ url, username: 'a' }), 'unexpected_answer')
      expect(error.message).toContain('uses https on this port')
    })
  })
})
