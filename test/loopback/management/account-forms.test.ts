import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as schemas from '../../../main/loopback/schemas/schemas.ts'
import { type AccountRecord, defaultSettings } from '../../../main/settings/schema.ts'
import { makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'
import { expectRefusal } from '../refused.ts'
import { addTokenAccounts, SHOP, type TokenAccounts } from '../token-accounts.ts'

let endpoint: TestLoopback
let services: TokenAccounts
beforeAll(async () => {
  endpoint = await makeLoopback()
  await endpoint.newAccount()
  services = await addTokenAccounts(endpoint)
})
afterAll(async () => {
  await endpoint.close()
  await services.close()
})

const accountOf = async (id: string, at = endpoint) => {
  const { body } = await at.manage('GET', '/v1/accounts')
  const accounts = (body['accounts'] as readonly unknown[]).map((each) =>
    schemas.accountAnswer.parse(each),
  )
  return accounts.find((account) => account.id === id)
}

const koyeb = (name: string, way: string): AccountRecord => ({
  ...{ uid: `u${name}`, provider: 'koyeb', name, label: name, values: { way } },
  ...{ leaseKind: 'dedicated', leaseSeconds: 900, state: 'signed_out', needsCode: false },
  createdAt: 0,
})

describe('an account as its owner sees it', () => {
  it('has the kinds of lease that its service supports', async () => {
    expect(await accountOf('sftpgo/alice')).toMatchObject({
      lease_kind: 'shared',
      lease_kinds: ['shared', 'dedicated'],
    })
    expect(await accountOf('giantswarm/bob')).toMatchObject({ lease_kinds: ['dedicated'] })
  })

  it('names the secrets that a new login needs', async () => {
    expect(await accountOf('sftpgo/alice')).toMatchObject({ secret_fields: ['password'] })
    expect(await accountOf('svix/shop')).toMatchObject({ secret_fields: ['key'] })
  })

  it('names no secret of a choice that it does not use', async () => {
    const accounts = [koyeb('new', 'api_token'), koyeb('old', 'password')]
    const other = await makeLoopback({ settings: { ...defaultSettings, accounts } })

    expect(await accountOf('koyeb/new', other)).toMatchObject({ secret_fields: ['token'] })
    expect(await accountOf('koyeb/old', other)).toMatchObject({ secret_fields: ['password'] })
    await other.close()
  })

  it('says who is affected by revoking all, only if that is supported', async () => {
    expect(await accountOf('svix/shop')).toMatchObject({
      revoke_all_hits: 'every portal session of app_shop, including those of customers',
    })
    for (const id of ['sftpgo/alice', 'giantswarm/bob', 'glowmarkt/home']) {
      expect(await accountOf(id)).not.toHaveProperty('revoke_all_hits')
    }
  })

  it('warns if tokens cannot be revoked early, and offers no such operation', async () => {
    const other = await makeLoopback()
    const application = { uid: 'app_shop', name: 'The shop' }
    const own = await addTokenAccounts(other, {
      flavour: 'oss',
      environments: [{ organization: `org_${'1'.repeat(27)}`, applications: [application] }],
    })

    const account = await accountOf('svix/shop', other)
    const refused = [
      await other.manage('POST', `${SHOP}/portal`, {}),
      await other.manage('POST', `${SHOP}/rotate`),
      await other.manage('POST', `${SHOP}/tokens/revoke-all`, { confirm: 'svix/shop' }),
    ]

    expect(account).toMatchObject({ operations: [], caution: expect.stringContaining('28 days') })
    expect(account).not.toHaveProperty('revoke_all_hits')
    for (const answer of refused) expectRefusal(answer, 400, 'not_supported')
    expect(await accountOf('svix/shop')).not.toHaveProperty('caution')
    await other.close()
    await own.close()
  })
})

describe('GET /v1/providers', () => {
  const providers = async () => {
    const { body } = await endpoint.manage('GET', '/v1/providers')
    return schemas.providersAnswer.parse(body).providers
  }

  it('says which choice a field depends on', async () => {
    const sftpgo = (await providers()).find(({ id }) => id === 'sftpgo')

    const byName = new Map(sftpgo?.fields.map((field) => [field.name, field]))
    expect(byName.get('leaseBy')?.when).toEqual({ field: 'role', is: 'admin' })
    expect(byName.get('password')).not.toHaveProperty('when')
  })

  it('says which services let several accounts share one credential', async () => {
    const sharing = (await providers()).filter((each) => each.shares_credential)

    expect(sharing.map(({ id }) => id)).toEqual(['svix'])
  })
})

describe('a value that is too long for a field of a form', () => {
  const values = { url: 'https://files.example.com', username: 'a'.repeat(5_000) }

  it.each([
    ['/v1/accounts', { secrets: { password: 'p' } }],
    ['/v1/accounts/check', {}],
  ])('is reported with the label of the field (%s)', async (path, more) => {
    const answer = await endpoint.manage('POST', path, { provider: 'sftpgo', values, ...more })
    expectRefusal(answer, 400, 'invalid_request')
    expect(answer.body).toMatchObject({
      error_description: '"User name" is too long (at most 4096 characters).',
    })
  })

  it('is reported for a one-time code like any other invalid code', async () => {
    const entered = { values: { ...values, username: 'alice' }, secrets: { password: 'p' } }
    const code = { one_time_code: '1'.repeat(200) }
    const form = { provider: 'sftpgo', ...entered, ...code }
    const { body } = await endpoint.manage('POST', '/v1/accounts', form)
    expect(body['error_description']).toBe('A one-time code has six digits.')
  })

  it.each([
    ['POST', '/v1/accounts', { provider: 'sftpgo', name: 'n'.repeat(65) }],
    ['PATCH', '/v1/accounts/sftpgo/alice', { name: 'n'.repeat(65) }],
    ['POST', '/v1/clients', { name: 'n'.repeat(65), accounts: [] }],
  ] as const)(
    'is reported for a name with the rule for names (%s %s)',
    async (method, path, body) => {
      const answer = await endpoint.manage(method, path, body)
      expectRefusal(answer, 400, 'invalid_request')
      expect(answer.body).toMatchObject({
        error_description: 'The field "name" has a wrong value.',
        hint: 'Names have 1 to 64 characters: a-z, 0-9, dot, underscore and hyphen.',
      })
    },
  )

  it('is reported for other fields with the maximum length', async () => {
    const { body } = await endpoint.manage('POST', '/v1/accounts', { provider: 'x'.repeat(65) })
    expect(body['error_description']).toBe(
      'The field "provider" is too long (at most 64 characters).',
    )
  })
})

describe('an account that copies another', () => {
  const add = (changes: object, path = '/v1/accounts') =>
    endpoint.manage('POST', path, {
      ...{ provider: 'svix', values: { application: 'app_yard' }, like: 'svix/shop' },
      ...changes,
    })

  it('gets the missing values and secrets from it', async () => {
    const added = await add({ name: 'yard' })

    expect(added.status).toBe(201)
    expect(schemas.accountAnswer.parse(added.body)).toMatchObject({
      ...{ id: 'svix/yard', state: 'signed_in' },
      label: expect.stringContaining('The yard'),
    })
    expect(endpoint.broker.accounts.get('svix/yard').values).toMatchObject({
      ...{ url: services.svix.url, application: 'app_yard' },
    })
  })

  it('can be checked before it is added', async () => {
    const path = '/v1/accounts/check'

    expect(await add({}, path)).toMatchObject({ status: 200, body: {} })
    expectRefusal(await add({ name: 'shop' }, path), 409, 'already_exists')
    expectRefusal(await add({ values: { colour: 'blue' } }, path), 400, 'invalid_request')
  })

  it.each(['/v1/accounts', '/v1/accounts/check'])(
    'must be like one that there is, says %s',
    async (path) => {
      for (const like of ['svix/nothing', 'nonsense', 'svix/constructor', '']) {
        expectRefusal(await add({ like }, path), 404, 'not_found')
      }
      for (const like of [7, null, ['svix/shop'], 'a'.repeat(130)]) {
        expectRefusal(await add({ like }, path), 400, 'invalid_request')
      }
    },
  )

  it('can only copy one whose secrets can be shared', async () => {
    const ids = () => endpoint.broker.accounts.all().map(({ id }) => String(id))
    const before = ids()
    const glowmarkt = { provider: 'glowmarkt', values: {}, like: 'glowmarkt/home' }

    expectRefusal(await add({ like: 'glowmarkt/home' }), 400, 'not_supported')
    expectRefusal(await add(glowmarkt), 400, 'not_supported')
    await endpoint.manage('POST', `${SHOP}/logout`)
    expectRefusal(await add({ name: 'third' }), 409, 'login_required')

    expect(ids()).toEqual(before)
  })
})
