import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
  basic,
  makeLoopback,
  type TestClient,
  type TestLoopback,
} from '../../helpers/make-loopback.ts'
import { expectRefusal } from '../refused.ts'

let endpoint: TestLoopback
let old: TestClient
beforeEach(async () => {
  await endpoint?.close()
  endpoint = await makeLoopback()
  await endpoint.newAccount()
  old = endpoint.addClient('old', 'sftpgo/alice')
})
afterAll(() => endpoint.close())

const ask = (client: TestClient, audience: string) =>
  endpoint.form(
    '/oauth/token',
    { grant_type: 'client_credentials', audience },
    { headers: basic(client) },
  )
const rename = (from: string, name: string) =>
  endpoint.manage('PATCH', `/v1/accounts/${from}`, { name })

/** Another account of the same service. */
async function addAnother(name: string): Promise<void> {
  const { sftpgo, passwords } = endpoint
  const answer = await endpoint.manage('POST', '/v1/accounts', {
    ...{ provider: 'sftpgo', name },
    values: { url: sftpgo.url, username: 'alice' },
    secrets: { password: passwords.alice },
  })
  expect(answer.status).toBe(201)
}

describe('an account that was renamed', () => {
  it('can be requested by its old names by tools granted under them, and returns the new one', async () => {
    await rename('sftpgo/alice', 'files')
    const between = endpoint.addClient('between', 'sftpgo/files')
    await rename('sftpgo/files', 'home')
    const young = endpoint.addClient('young', 'sftpgo/home')

    for (const audience of ['sftpgo/alice', 'sftpgo/files', 'sftpgo/home']) {
      expect((await ask(old, audience)).body['account']).toBe('sftpgo/home')
    }
    expect((await ask(between, 'sftpgo/files')).body['account']).toBe('sftpgo/home')
    expectRefusal(await ask(between, 'sftpgo/alice'), 400, 'invalid_target')
    expectRefusal(await ask(young, 'sftpgo/alice'), 400, 'invalid_target')
    expectRefusal(await ask(young, 'sftpgo/files'), 400, 'invalid_target')
  })

  it('lists the old names with the clients that may use them', async () => {
    await rename('sftpgo/alice', 'files')
    endpoint.addClient('young', 'sftpgo/files')

    const { body } = await endpoint.manage('GET', '/v1/clients')

    const former = [{ name: 'sftpgo/alice', account: 'sftpgo/files' }]
    expect(body['clients']).toMatchObject([
      { name: 'old', accounts: ['sftpgo/files'], former_names: former },
      { name: 'young', accounts: ['sftpgo/files'] },
    ])
    expect(JSON.stringify(body).match(/former_names/g)).toHaveLength(1)
  })

  it.each(['is new', 'was renamed'])(
    'permanently loses its old name to another account that %s and takes it',
    async (how) => {
      await rename('sftpgo/alice', 'files')
      await addAnother(how === 'is new' ? 'alice' : 'other')
      if (how === 'was renamed') await rename('sftpgo/other', 'alice')

      expectRefusal(await ask(old, 'sftpgo/alice'), 400, 'invalid_target')
      expect((await ask(old, 'sftpgo/files')).status).toBe(200)

      await endpoint.manage('DELETE', '/v1/accounts/sftpgo/alice')
      expectRefusal(await ask(old, 'sftpgo/alice'), 400, 'invalid_target')
    },
  )

  it('has only its own name after it was renamed back', async () => {
    await rename('sftpgo/alice', 'files')
    await rename('sftpgo/files', 'alice')

    expect((await ask(old, 'sftpgo/alice')).body['account']).toBe('sftpgo/alice')
    expect((await ask(old, 'sftpgo/files')).body['account']).toBe('sftpgo/alice')
  })

  it('has no old names once it was removed', async () => {
    await rename('sftpgo/alice', 'files')
    await endpoint.manage('DELETE', '/v1/accounts/sftpgo/files')

    expectRefusal(await ask(old, 'sftpgo/alice'), 400, 'invalid_target')
    expect(endpoint.broker.accounts.find('sftpgo/alice')).toBeUndefined()
  })
})

describe('a change of an account', () => {
  it.each([
    ['a name that is taken', { name: 'taken', lease_kind: 'dedicated', lease_seconds: 60 }, 409],
    ['a name that is none', { name: '..', lease_seconds: 60 }, 400],
    ['a value that is none', { name: 'files', lease_seconds: 1 }, 400],
    ['a color that is none', { name: 'files', color: 'ultraviolet' }, 400],
    ['a display name that is none', { name: 'files', display_name: 'a\u202eb' }, 400],
    ['a display name of spaces', { pinned: true, display_name: '\u2066' }, 400],
    ['a display name of joiners', { display_name: '\u200d' }, 400],
    ['a display name that gets too long when composed', { display_name: '\u0958'.repeat(60) }, 400],
  ])('with %s changes nothing', async (_what, change, status) => {
    await addAnother('taken')
    const before = (await endpoint.manage('GET', '/v1/accounts')).body

    const answer = await endpoint.manage('PATCH', '/v1/accounts/sftpgo/alice', change)

    expect(answer.status).toBe(status)
    expect((await endpoint.manage('GET', '/v1/accounts')).body).toEqual(before)
  })

  it('with an unknown kind of lease does not rename', async () => {
    const change = { name: 'files', lease_kind: 'shared' }

    const answer = await endpoint.manage('PATCH', '/v1/accounts/giantswarm/bob', change)

    expectRefusal(answer, 400, 'not_supported')
    expect(endpoint.broker.accounts.find('giantswarm/bob')).toBeDefined()
  })

  it('is all or nothing', async () => {
    const tokens = { lease_kind: 'dedicated', lease_seconds: 60 }
    const looks = { display_name: 'Größe Kunde', color: 'purple', pinned: true }

    const change = { name: 'files', ...tokens, ...looks }
    const answer = await endpoint.manage('PATCH', '/v1/accounts/sftpgo/alice', change)

    expect(answer.body).toMatchObject({ id: 'sftpgo/files', ...tokens, ...looks })
  })

  it('removes what the user chose for its looks', async () => {
    const path = '/v1/accounts/sftpgo/alice'
    await endpoint.manage('PATCH', path, { display_name: '本番', color: 'red', pinned: true })
    const { body } = await endpoint.manage('PATCH', path, {
      ...{ display_name: '', color: 'none', pinned: false },
    })
    expect(Object.keys(body as object)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(display_name|color|pinned)$/)]),
    )
  })
})

describe('a request that several granted accounts match', () => {
  it('is refused with what to send instead, in the description', async () => {
    const both = endpoint.addClient('both', 'sftpgo/alice', 'giantswarm/bob')

    const answer = await endpoint.form(
      '/oauth/token',
      { grant_type: 'client_credentials' },
      { headers: basic(both) },
    )

    const { error_description } = expectRefusal(answer, 400, 'invalid_target')
    expect(error_description).toBe(
      'Several granted accounts match. Send audience=sftpgo/alice or audience=giantswarm/bob, ' +
        'or use a client for each account.',
    )
  })
})

describe('non-ASCII text', () => {
  it('is returned from /v1 as it was sent', async () => {
    const { sftpgo, passwords } = endpoint
    const caFile = '/home/jörg/日本/ca.pem'

    const answer = await endpoint.manage('POST', '/v1/accounts', {
      ...{ provider: 'sftpgo', name: 'other' },
      values: { url: sftpgo.url.replace('http:', 'https:'), username: 'alice', caFile },
      secrets: { password: passwords.alice },
    })

    const { error_description } = expectRefusal(answer, 400, 'invalid_request')
    expect(error_description).toContain(caFile)
  })

  it('names the tools that used the new name for another account', async () => {
    await rename('sftpgo/alice', 'files')
    const { sftpgo, passwords } = endpoint
    const added = await endpoint.manage('POST', '/v1/accounts', {
      ...{ provider: 'sftpgo', name: 'alice', values: { url: sftpgo.url, username: 'alice' } },
      secrets: { password: passwords.alice },
    })
    expect(added.body['taken_from']).toEqual([{ client: 'old', account: 'sftpgo/files' }])
    await rename('sftpgo/files', 'home')
    const back = await rename('sftpgo/home', 'files')
    expect(back.body).not.toHaveProperty('taken_from')
    await rename('sftpgo/files', 'home')
    const other = await rename('sftpgo/alice', 'files')
    expect(other.body['taken_from']).toEqual([{ client: 'old', account: 'sftpgo/home' }])
  })
})
