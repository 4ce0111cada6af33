// The usual client of Node as it comes.
import { setTimeout as sleep } from 'node:timers/promises'
import * as oauth from 'openid-client'

const { ISSUER = '', CLIENT_ID: id = '', CLIENT_SECRET: secret = '', STEPS = '' } = process.env
const issuer = new URL(ISSUER)

/** @param {Record<string, unknown>} line */
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)

const discover = (wanted = secret) =>
  oauth.discovery(issuer, id, wanted, undefined, {
    algorithm: 'oauth2',
    execute: [oauth.allowInsecureRequests],
  })

/** @param {string} step @param {oauth.Configuration} config */
async function granted(step, config) {
  const token = await oauth.clientCredentialsGrant(config)
  const { account, lease_id: lease, headers } = token
  say({ step, account, lease, ...(STEPS === step && { headers }) })
  if (STEPS === step) process.exit()
  return token
}

/** @param {string} step @param {() => Promise<unknown>} call */
async function refused(step, call) {
  try {
    await call()
  } catch (refusal) {
    const { error, error_description: description, code } = /** @type {any} */ (refusal)
    say({ step, error: error ?? code, description })
  }
}

async function life() {
  const config = await discover()
  const first = await granted('token', config)
  await granted('again', config)
  const introspect = async () => (await oauth.tokenIntrospection(config, first.access_token)).active
  say({ step: 'introspect', active: await introspect() })
  await oauth.tokenRevocation(config, first.access_token)
  say({ step: 'revoke', ok: true })
  say({ step: 'ended', active: await introspect() })
  await granted('renewed', config)
  const wrong = await discover('wrong')
  await refused('wrong secret', () => oauth.clientCredentialsGrant(wrong))
  await refused('wrong account', () =>
    oauth.clientCredentialsGrant(config, { audience: 'sftpgo/nobody' }),
  )
  await refused('no leave', () =>
    oauth.discovery(issuer, id, secret, undefined, { algorithm: 'oauth2' }),
  )
}

/** It keeps nothing: a program asks again when the time is over that it was told. */
async function expiry() {
  const config = await discover()
  const first = await oauth.clientCredentialsGrant(config)
  const kept = await oauth.clientCredentialsGrant(config)
  say({ step: 'kept', ok: kept.access_token === first.access_token })
  while ((first.expiresIn() ?? 0) > 0) await sleep(200)
  const next = await oauth.clientCredentialsGrant(config)
  const isNew = next.access_token !== first.access_token
  const { active } = await oauth.tokenIntrospection(config, next.access_token)
  say({ step: 'expired', active: active && isNew })
}

try {
  await (STEPS === 'expiry' ? expiry() : life())
} catch (error) {
  const { message, cause } = /** @type {any} */ (error)
  // Node would print all of it.
  const holds = cause?.cause?.body?.access_token ? ', with the token in its cause' : ''
  process.stderr.write(`${message}${holds}\n`)
  process.exitCode = 1
}
