import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { leaseKindsOf, operationsOf } from '../../../main/broker/account/operations.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import type { Issued } from '../../../main/broker/lease/token-issuer.ts'
import type { Driver, FormValues, RevokeAll } from '../../../main/providers/provider.ts'
import { type BrokerOptions, codeOf, idle, refusalOf, tokenOf } from '../../helpers/make-broker.ts'
import { MINUTE, signedIn } from '../set-ups.ts'

const listing: BrokerOptions = {
  services: [
    {
      leaseKinds: ['dedicated', 'shared'],
      mintsFrom: 'session',
      with: ['refresh', 'listTokens', 'revokeById'],
    },
  ],
}
const portals: BrokerOptions = {
  services: [
    {
      ...{ leaseKinds: ['dedicated'], tokenless: true, lifeMs: 60 * MINUTE },
      with: ['revokeLease', 'revokeAll', 'portalLink'],
    },
  ],
}

describe('the operations on the tokens of an account', () => {
  it('are those that its driver implements', async () => {
    const of = async (options: BrokerOptions) => operationsOf((await signedIn(options)).account)
    expect(await of({})).toEqual(['rotate'])
    expect(await of(listing)).toEqual(['list_tokens', 'revoke_token', 'rotate'])
    expect(await of(portals)).toEqual(['revoke_all', 'rotate', 'portal'])
    expect(await of({ services: [{ without: ['revoke'] }] })).toEqual([])
  })

  it('are rejected with a sentence if the service does not support them', async () => {
    const { broker, account } = await signedIn({ services: [{ without: ['revoke'] }] })
    const { tokenAdmin } = broker
    const refusals = [
      await refusalOf(tokenAdmin.list(account)),
      await refusalOf(tokenAdmin.revokeToken(account, 'id', cliClient)),
      await refusalOf(tokenAdmin.revokeAll(account, cliClient)),
      await refusalOf(tokenAdmin.rotate(account, cliClient)),
      await refusalOf(tokenAdmin.portal(account, cliClient)),
    ]
    for (const { code, hint } of refusals) {
      expect(code).toBe('not_supported')
      expect(hint).toContain('tokentray accounts show sftpgo/work')
    }
    expect(refusals.map(({ message }) => message)).toEqual([
      'For sftpgo/work, Fake service does not list the tokens of an account.',
      'For sftpgo/work, Fake service cannot revoke a single token by its ID.',
      'For sftpgo/work, Fake service cannot revoke all tokens of an account at once.',
      'For sftpgo/work, Fake service cannot revoke a token before it expires.',
      'For sftpgo/work, Fake service has no portal.',
    ])
  })

  it('wait for the lock like everything that uses a credential', async () => {
    const { broker, account, service } = await signedIn(listing)
    broker.lock()
    for (const act of [
      broker.tokenAdmin.list(account),
      broker.tokenAdmin.revokeToken(account, 'id', cliClient),
      broker.tokenAdmin.rotate(account, cliClient),
    ]) {
      expect(await codeOf(act)).toBe('vault_locked')
    }
    expect(service.calls).toMatchObject({ listTokens: 0, revokeById: 0, refresh: 0 })
  })
})

describe('a request that the service refuses', () => {
  it('is an error of the request, not of the account', async () => {
    const { broker, account, service, state } = await signedIn(portals)
    service.failNext('portalLink', new TokentrayError('invalid_request', 'No such application.'))
    const refusal = await refusalOf(broker.tokenAdmin.portal(account, cliClient))
    expect([refusal.code, refusal.message]).toEqual(['invalid_request', 'No such application.'])
    service.failNext('revokeAll', new TokentrayError('not_supported', 'Not here.'))
    expect(await codeOf(broker.tokenAdmin.revokeAll(account, cliClient))).toBe('not_supported')
    expect(state()).toBe('signed_in')
  })

  it('closes no lease if the service cannot revoke a token of its list', async () => {
    const { broker, account, service, ask, clock } = await signedIn(listing)
    await clock.advance(5_000)
    const { lease } = await ask()
    service.driver.revokeById = async () => 'not_supported'
    const [first] = await broker.tokenAdmin.list(account)
    const ending = broker.tokenAdmin.revokeToken(account, first?.id ?? '', cliClient)
    expect(await codeOf(ending)).toBe('not_supported')
    expect(broker.leases.isOpen(lease)).toBe(true)
  })
})

describe('the list of tokens', () => {
  it('says which tokens are ours, and does not change the others', async () => {
    const { broker, account, service, ask, clock } = await signedIn(listing)
    await clock.advance(5_000)
    const phone = service.addForeign()
    await clock.advance(5_000)
    const { lease } = await ask()
    const tokens = await broker.tokenAdmin.list(account)
    expect(tokens.map(({ ours, held }) => [ours, held?.kind])).toEqual([
      ['yes', 'lease'],
      ['no', undefined],
      ['yes', 'session'],
    ])
    expect(tokens[0]?.held).toBe(lease.held)
    await broker.stop(1_000)
    expect(service.alive).toEqual([phone])
  })

  it('costs only one login if the session token was revoked elsewhere', async () => {
    const { broker, account, service } = await signedIn(listing)
    service.forgetTokens()
    expect(await broker.tokenAdmin.list(account)).toHaveLength(1)
    expect(service.calls).toMatchObject({ login: 2, listTokens: 2 })
    service.password = 'changed'
    service.forgetTokens()
    expect(await codeOf(broker.tokenAdmin.list(account))).toBe('login_required')
    expect(service.calls.login).toBe(3)
  })
})

describe('revoking one token of the list', () => {
  it('revokes it, closes its lease, and is recorded', async () => {
    const { broker, account, service, ask, clock, recorded, listed } = await signedIn(listing)
    await clock.advance(5_000)
    const phone = service.addForeign()
    await clock.advance(5_000)
    const issued = await ask()
    const [first] = await broker.tokenAdmin.list(account)
    const ended = await broker.tokenAdmin.revokeToken(account, first?.id ?? '', cliClient)
    expect(ended.revocation).toBe('revoked')
    expect(ended.leases).toEqual([
      { lease: issued.lease, accountId: 'sftpgo/work', atService: 'ended' },
    ])
    expect(broker.leases.count).toBe(0)
    expect(service.alive).toContain(phone)
    expect(service.alive).not.toContain(tokenOf(issued))
    await idle()
    expect(listed()).not.toContain(tokenOf(issued))
    expect(recorded.at(-1)).toEqual({
      ...{ event: 'revoke_token', client: 'cli', account: 'sftpgo/work', route: 'v1' },
      fingerprint: issued.lease.fingerprint,
    })
    expect(tokenOf(await ask())).not.toBe(tokenOf(issued))
  })

  it('can revoke a token of another program, and revokes none of ours', async () => {
    const { broker, account, service, ask, clock } = await signedIn(listing)
    const issued = await ask()
    await clock.advance(5_000)
    const phone = service.addForeign()
    const [first] = await broker.tokenAdmin.list(account)
    await broker.tokenAdmin.revokeToken(account, first?.id ?? '', cliClient)
    expect(service.alive).not.toContain(phone)
    expect(tokenOf(await ask())).toBe(tokenOf(issued))
  })

  it('rejects an id that is not on the list, and sends no revocation', async () => {
    const { broker, account, service } = await signedIn(listing)
    const refusal = await refusalOf(broker.tokenAdmin.revokeToken(account, 'nobody', cliClient))
    expect(refusal.code).toBe('not_found')
    expect(service.calls.revokeById).toBe(0)
  })

  it('probes each token that may have been the revoked one', async () => {
    const { broker, account, service, ask } = await signedIn(listing)
    const issued = await ask()
    service.addForeign()
    const listed = await broker.tokenAdmin.list(account)
    expect(listed.map(({ ours }) => ours)).toEqual(['maybe', 'maybe', 'maybe'])
    for (const { id } of listed.slice(0, 2)) {
      await broker.tokenAdmin.revokeToken(account, id, cliClient)
    }
    const next = await ask()
    expect(service.accepts(tokenOf(next))).toBe(true)
    expect(tokenOf(next) === tokenOf(issued)).toBe(service.accepts(tokenOf(issued)))
  })
})

describe('revoking a token of the list that belongs to a session', () => {
  const sessions: BrokerOptions = {
    services: [
      {
        leaseKinds: ['shared', 'dedicated'],
        mintsFrom: 'session',
        with: ['listTokens', 'revokeById'],
      },
    ],
  }

  /** Revokes, through the list of this account, the token of that lease. */
  async function endByList(test: Awaited<ReturnType<typeof signedIn>>, { lease }: Issued) {
    const { tokenAdmin } = test.broker
    const listed = await tokenAdmin.list(test.account)
    const id = listed.find(({ held }) => held === lease.held)?.id ?? ''
    return await tokenAdmin.revokeToken(test.account, id, cliClient)
  }

  it('stops using it, even if it belongs to another account of the same user', async () => {
    const test = await signedIn(sessions)
    await test.clock.advance(5_000)
    const twin = await test.newAccount('twin')
    const before = await test.issue(cliClient, twin)
    const { leases } = await endByList(test, before)
    expect(leases.map(({ accountId }) => accountId)).toEqual(['sftpgo/twin'])
    const after = await test.issue(cliClient, twin)
    expect(test.service.accepts(tokenOf(after))).toBe(true)
    expect(test.listed()).toContain(tokenOf(after))
  })

  it('stops using it if it cannot be probed', async () => {
    const test = await signedIn({ services: [{ ...sessions.services?.[0], without: ['probe'] }] })
    await endByList(test, await test.ask())
    expect(test.service.accepts(tokenOf(await test.ask()))).toBe(true)
  })

  it('makes other accounts of the service probe their tokens if one of those may have been revoked', async () => {
    const test = await signedIn(sessions)
    const twin = await test.newAccount('twin')
    const before = await test.issue(cliClient, twin)
    for (const { id, ours } of await test.broker.tokenAdmin.list(test.account)) {
      expect(ours).toBe('yes')
      await test.broker.tokenAdmin.revokeToken(test.account, id, cliClient)
    }
    const after = await test.issue(cliClient, twin)
    expect(tokenOf(after)).not.toBe(tokenOf(before))
    expect(test.service.accepts(tokenOf(after))).toBe(true)
  })
})

describe('rotating', () => {
  it('makes a new session token and revokes the old one at once, held or not', async () => {
    const { broker, account, service, ask } = await signedIn({ services: [{ with: ['refresh'] }] })
    const before = await ask()
    const ended = await broker.tokenAdmin.rotate(account, cliClient)
    expect(ended.map(({ atService }) => atService)).toEqual(['ended'])
    expect(service.calls).toMatchObject({ login: 1, refresh: 1 })
    expect(service.alive).toHaveLength(1)
    expect(service.alive).not.toContain(tokenOf(before))
    expect(service.accepts(tokenOf(await ask()))).toBe(true)
    expect(service.calls).toMatchObject({ login: 1, refresh: 1 })
  })

  it('logs in if the service cannot make a token from the current one', async () => {
    const { broker, account, service, ask } = await signedIn()
    const before = await ask()
    await broker.tokenAdmin.rotate(account, cliClient)
    expect(service.calls.login).toBe(2)
    expect(service.alive).not.toContain(tokenOf(before))
  })

  it('makes a new token for every client that holds its own', async () => {
    const { broker, account, service, client, issue } = await signedIn(listing)
    const [one, two] = [client('one', account), client('two', account)]
    const before = [await issue(one, account), await issue(two, account)].map(tokenOf)
    const ended = await broker.tokenAdmin.rotate(account, cliClient)
    expect(ended).toHaveLength(2)
    for (const token of before) expect(service.alive).not.toContain(token)
    expect(service.alive).toHaveLength(3)
    const { mint } = service.calls
    for (const each of [one, two]) {
      expect(service.accepts(tokenOf(await issue(each, account)))).toBe(true)
    }
    expect(service.calls.mint).toBe(mint)
  })

  it('closes a lease on the old token that was opened while the new one was being made', async () => {
    const { broker, account, service, client, issue } = await signedIn()
    const tool = client('tool', account)
    const gate = service.hold('login', 'after')
    const rotating = broker.tokenAdmin.rotate(account, cliClient)
    await idle()
    const issued = await issue(tool, account)
    gate.open()
    await rotating
    expect(service.alive).not.toContain(tokenOf(issued))
    expect(broker.leases.isOpen(issued.lease)).toBe(false)
  })

  it('happens once for concurrent requests', async () => {
    const { broker, account, service } = await signedIn()
    const { tokenAdmin } = broker
    await Promise.all([
      tokenAdmin.rotate(account, cliClient),
      tokenAdmin.rotate(account, cliClient),
    ])
    expect(service.calls.login).toBe(2)
    expect(service.alive).toHaveLength(1)
  })

  it('does not affect the portal visit of the user', async () => {
    const { broker, account, ask } = await signedIn(portals)
    const { lease: visit } = await broker.tokenAdmin.portal(account, cliClient)
    const { lease } = await ask()
    await broker.tokenAdmin.rotate(account, cliClient)
    expect([broker.leases.isOpen(visit), broker.leases.isOpen(lease)]).toEqual([true, false])
  })

  it('is refused, and changes nothing, if it would need a one-time code', async () => {
    const test = await signedIn()
    test.service.code = '123456'
    const account = await test.newAccount('coded', 0, '123456')
    const { broker, service } = test
    const logins = service.calls.login
    expect(operationsOf(account)).toEqual([])
    expect(leaseKindsOf(account)).toEqual(['shared'])
    const refusal = await refusalOf(broker.tokenAdmin.rotate(account, cliClient))
    expect([refusal.code, refusal.message]).toEqual([
      'not_supported',
      'sftpgo/coded needs a one-time code for every login.',
    ])
    expect(service.calls.login).toBe(logins)
    expect(broker.accounts.get(account.id).record.state).toBe('signed_in')
  })

  it('revokes nothing if no new token can be made', async () => {
    const { broker, account, service, ask } = await signedIn()
    const before = await ask()
    service.failNext('login', new TokentrayError('temporarily_unavailable'))
    expect(await codeOf(broker.tokenAdmin.rotate(account, cliClient))).toBe(
      'temporarily_unavailable',
    )
    expect(service.alive).toEqual([tokenOf(before)])
    expect(tokenOf(await ask())).toBe(tokenOf(before))
  })
})

describe('revoking all tokens of an account', () => {
  it('also revokes those of other programs, closes our leases and removes them from the ledger', async () => {
    const { broker, account, service, ask, listed, recorded } = await signedIn(portals)
    service.addForeign()
    await ask()
    const ended = await broker.tokenAdmin.revokeAll(account, cliClient)
    expect(ended).toHaveLength(1)
    expect(service.alive).toEqual([])
    expect(broker.leases.count).toBe(0)
    await idle()
    expect(listed()).toEqual([])
    expect(recorded.at(-1)?.event).toBe('revoke_all')
    expect(service.calls.revokeLease).toBe(0)
  })

  it('revokes ours at once if the service gives the others a grace period', async () => {
    const { broker, account, service, ask, listed } = await signedIn(portals)
    const { revokeAll } = service.driver
    if (!revokeAll) throw new Error('There is nothing to end all with.')
    service.driver.revokeAll = {
      hits: revokeAll.hits,
      graceSeconds: () => 3_600,
      // Nothing is revoked yet.
      run: async () => undefined,
    }
    service.addForeign()
    await ask()
    const ended = await broker.tokenAdmin.revokeAll(account, cliClient)
    expect(ended).toMatchObject([{ atService: 'ended' }])
    expect(service.calls.revokeLease).toBe(1)
    // The token of another program.
    expect(service.alive).toHaveLength(1)
    expect(broker.leases.count).toBe(0)
    await idle()
    expect(listed()).toEqual([])
  })

  it('does not affect a portal link to another application', async () => {
    const { broker, account, service, listed } = await signedIn(portals)
    service.driver.portalField = 'application'
    const { lease } = await broker.tokenAdmin.portal(account, cliClient, 'app_2')
    await broker.tokenAdmin.revokeAll(account, cliClient)
    expect(broker.leases.isOpen(lease)).toBe(true)
    await idle()
    expect(listed()).toEqual([lease.held.token.value.reveal()])
  })

  it('does not affect tokens from another address', async () => {
    const { broker, account, ask, loginAgain, listed } = await signedIn(portals)
    const { lease } = await ask()
    await loginAgain({ application: 'app_2' })
    await broker.tokenAdmin.revokeAll(broker.accounts.get(account.id), cliClient)
    expect(broker.leases.isOpen(lease)).toBe(true)
    expect(listed()).toContain(lease.held.token.value.reveal())
  })

  it('makes other accounts of the service probe their tokens', async () => {
    const { broker, account, newAccount, issue, service } = await signedIn(portals)
    const twin = await newAccount('twin')
    const before = await issue(cliClient, twin)
    await broker.tokenAdmin.revokeAll(account, cliClient)
    const after = await issue(cliClient, twin)
    expect(tokenOf(after)).not.toBe(tokenOf(before))
    expect(service.accepts(tokenOf(after))).toBe(true)
  })

  it('reports the result even if it cannot be recorded, and records it later', async () => {
    const { broker, account, ask, faults, recorded, clock } = await signedIn(portals)
    await ask()
    faults.audit = new TokentrayError('record_unavailable')
    expect(await broker.tokenAdmin.revokeAll(account, cliClient)).toHaveLength(1)
    expect(broker.leases.count).toBe(0)
    const at = clock.now()
    await clock.advance(MINUTE)
    faults.audit = null
    await ask()
    expect(recorded).toContainEqual({
      ...{ event: 'revoke_all', client: 'cli', account: 'sftpgo/work', route: 'v1', at },
    })
    expect(recorded.at(-1)?.event).toBe('issue')
  })

  it('leaves tokens that were minted in the meantime to their leases', async () => {
    const { broker, account, service, client, issue } = await signedIn(portals)
    const gate = service.hold('revokeAll', 'after')
    const ending = broker.tokenAdmin.revokeAll(account, cliClient)
    await idle()
    const issued = await issue(client('one', account), account)
    gate.open()
    await ending
    expect(broker.leases.count).toBe(1)
    expect(service.accepts(tokenOf(issued))).toBe(true)
  })
})

describe('a retry that the user forces at a host that blocks requests', () => {
  it('revokes the token it finds refused, unless a lease holds it', async () => {
    const { broker, account, service, listed } = await signedIn()
    service.provider.silence = (_, now) => ({ until: now + 10 * MINUTE, sentence: 'Not now.' })
    const answer = { status: 403, header: () => undefined, json: () => ({}), skewMs: 0 }
    const http = broker.hosts.guard({ send: async () => answer }, service.provider)
    const { signal } = new AbortController()
    await refusalOf(http.send({ method: 'GET', url: account.values['url'] ?? '', signal }))
    service.forgetTokens()
    await broker.tokenAdmin.tryNow(account, cliClient)
    await idle()
    expect(service.calls.probe).toBe(1)
    expect(listed()).toEqual([])
    expect(broker.sessionTokens.list()).toEqual([])
  })
})

describe('a portal link', () => {
  it('is recorded first and returned once, with a lease for the access it gives', async () => {
    const { broker, account, service, journal, forgetRecords, clock } = await signedIn(portals)
    forgetRecords()
    const { url, lease } = await broker.tokenAdmin.portal(account, cliClient)
    expect(url.reveal()).toMatch(/^https:\/\/portal\.example/)
    expect(journal.filter((each) => each !== 'end')).toEqual(['add', 'add', 'portal'])
    expect(broker.leases.list()).toEqual([lease])
    expect(lease.reason).toBe('portal')
    await clock.advance(60 * MINUTE)
    await idle()
    expect(service.alive).toEqual([])
  })

  it('is not returned to a client that asks for a token', async () => {
    const { broker, account, ask } = await signedIn(portals)
    const { lease } = await broker.tokenAdmin.portal(account, cliClient)
    expect((await ask()).lease).not.toBe(lease)
  })

  it('can open another application with the same credential, and is revoked there', async () => {
    const { broker, account, service } = await signedIn(portals)
    service.driver.portalField = 'application'
    const { lease } = await broker.tokenAdmin.portal(account, cliClient, 'app_2')
    expect(service.lastValues).toMatchObject({ application: 'app_2' })
    expect(lease.reason).toBe('portal of app_2')
    await broker.closeLeases({ id: lease.id }, cliClient)
    expect(service.lastValues).toMatchObject({ application: 'app_2' })
    expect(account.values).not.toHaveProperty('application')
  })

  it('is not returned if it cannot be recorded', async () => {
    const { broker, account, service, faults } = await signedIn(portals)
    faults.audit = new TokentrayError('record_unavailable')
    expect(await codeOf(broker.tokenAdmin.portal(account, cliClient))).toBe('record_unavailable')
    expect(service.alive).toEqual([])
    expect(broker.leases.count).toBe(0)
  })

  it('is not returned if Tokentray was locked in the meantime', async () => {
    const { broker, account, service } = await signedIn(portals)
    const gate = service.hold('portalLink', 'after')
    const asking = codeOf(broker.tokenAdmin.portal(account, cliClient))
    await idle()
    broker.lock()
    gate.open()
    expect(await asking).toBe('temporarily_unavailable')
    expect(service.alive).toEqual([])
  })
})

describe('a driver that is an object of a class', () => {
  it('is called for each operation as for any other', async () => {
    const { broker, account, service } = await signedIn({
      services: [
        {
          ...{ leaseKinds: ['dedicated', 'shared'], mintsFrom: 'session' },
          with: ['refresh', 'revokeLease', 'listTokens', 'revokeById', 'revokeAll', 'portalLink'],
        },
      ],
    })
    const { tokenAdmin } = broker
    const ofClass = { ...account, driver: new ClassDriver(account.driver) }
    const [listed] = await tokenAdmin.list(ofClass)
    await tokenAdmin.revokeToken(ofClass, listed?.id ?? '', cliClient)
    await tokenAdmin.portal(ofClass, cliClient)
    await tokenAdmin.revokeAll(ofClass, cliClient)
    const once = { revokeById: 1, portalLink: 1, revokeAll: 1 }
    expect(service.calls).toMatchObject({ listTokens: 2, ...once })
  })
})

/** Its members fail if they are called apart from it. */
class ClassDriver implements Driver {
  readonly leaseKinds: Driver['leaseKinds']
  readonly mintsFrom: Driver['mintsFrom']
  readonly revokeAll: RevokeAll
  readonly #plain: Driver

  constructor(plain: Driver) {
    this.#plain = plain
    this.leaseKinds = plain.leaseKinds
    this.mintsFrom = plain.mintsFrom
    this.revokeAll = new ClassRevokeAll(plain)
  }

  async listTokens(...given: Parameters<NonNullable<Driver['listTokens']>>) {
    return (await this.#plain.listTokens?.(...given)) ?? []
  }

  async revokeById(...given: Parameters<NonNullable<Driver['revokeById']>>) {
    return (await this.#plain.revokeById?.(...given)) ?? 'not_supported'
  }

  async portalLink(...given: Parameters<NonNullable<Driver['portalLink']>>) {
    const made = await this.#plain.portalLink?.(...given)
    if (!made) throw new TokentrayError('not_supported')
    return made
  }
}

class ClassRevokeAll implements RevokeAll {
  readonly #plain: Driver

  constructor(plain: Driver) {
    this.#plain = plain
  }

  hits(values: FormValues): string {
    return this.#plain.revokeAll?.hits(values) ?? ''
  }

  graceSeconds(values: FormValues): number {
    return this.#plain.revokeAll?.graceSeconds?.(values) ?? 0
  }

  async run(...given: Parameters<RevokeAll['run']>): Promise<void> {
    await this.#plain.revokeAll?.run(...given)
  }
}
