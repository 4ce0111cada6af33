import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  findLeaks,
  markedSecret,
  readRegister,
  registerSecret,
  searchForLeaks,
} from '../helpers/marks.ts'
import { describeWith } from '../helpers/needs.ts'
import { patience } from '../helpers/waiting.ts'
import { Authority, openssl } from '../providers/http/certificates.ts'
import { startEchoService } from '../providers/http/echo-service.ts'
import { type EchoProxy, SHAPES, type Shape, startEchoProxy } from '../simulators/echo-proxy.ts'
import {
  type FilledForm,
  type FiveServices,
  startFiveServices,
} from '../simulators/five-services.ts'
import { type Installation, install, type Serving } from './real-agent.ts'

const PROVIDERS = ['sftpgo', 'giantswarm', 'glowmarkt', 'koyeb', 'svix'] as const

let services: FiveServices
let installation: Installation
let agent: Serving
let issuer: string
const stops: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  services = await startFiveServices({ onToken: registerSecret }, markedSecret)
  installation = install()
  agent = installation.serve(['--memory'])
  stops.push(agent.stop, services.close)
  issuer = await agent.issuer()
})
afterAll(async () => {
  for (const stop of stops) await stop()
})

/** A request as a user's own program sends it; returns the response. */
async function manage(method: string, path: string, body?: unknown): Promise<Reported> {
  const response = await fetch(`${issuer}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${installation.ownerKey()}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, text: await response.text() }
}

interface Reported {
  readonly status: number
  readonly text: string
}

/** Everything that must hold no secret: those responses, the output, the log, the audit log, all files. */
function leaksIn(answers: readonly Reported[]): string[] {
  const register = readRegister()
  // The response to a token request is meant to hold the token.
  const searched = answers.filter(
    ({ status, text }) => status !== 200 || !/"access_token"/.test(text),
  )
  return [
    ...searched.flatMap(({ text }) => findLeaks(text, register)),
    ...searchForLeaks(installation.home, register),
  ]
}

const formOf = (provider: (typeof PROVIDERS)[number]): FilledForm => {
  const form = services.forms.find((each) => each.provider === provider)
  if (!form) throw new Error(`There is no form of ${provider}.`)
  return form
}

/** The form with another address instead of the simulator's. */
function withAddress(form: FilledForm, address: string): FilledForm {
  const { url = '' } = form.values
  return {
    ...form,
    values: { ...form.values, url: `${address}${new URL(url).pathname.replace(/\/$/, '')}` },
  }
}

function logInByCommand({ provider, values, secrets }: FilledForm) {
  const options = Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const lines = Object.values(secrets).map((secret) => `${secret}\n`)
  return installation.cli(['login', provider, '--name', 'no', ...options], lines.join(''))
}

/** An echoing proxy between Tokentray and the service of this form, and the form with its address. */
async function addEchoProxy(filled: FilledForm): Promise<{ proxy: EchoProxy; form: FilledForm }> {
  const proxy = await startEchoProxy(new URL(filled.values['url'] ?? '').origin)
  stops.push(proxy.close)
  return { proxy, form: withAddress(filled, proxy.url) }
}

/** Logs in by the command line and over HTTP while logins are refused this way; returns what was reported. */
async function collectRefusals(filled: FilledForm, shape: Shape): Promise<Reported[]> {
  const { proxy, form } = await addEchoProxy(filled)
  proxy.respondAs(shape)
  const { code, stdout, stderr } = await logInByCommand(form)
  expect(code).not.toBe(0)
  const account = { provider: form.provider, values: form.values, secrets: form.secrets }
  const refused = await manage('POST', '/v1/accounts', { ...account, name: 'no' })
  expect(refused.status).toBeGreaterThanOrEqual(400)
  expect(proxy.echoCount()).toBeGreaterThan(0)
  return [{ status: 0, text: `${stdout}${stderr}` }, refused]
}

/** Logs in while secrets are echoed, then, once they are not, uses every operation of the service. */
async function collectResponses(filled: FilledForm, shape: Shape): Promise<Reported[]> {
  const said = await collectRefusals(filled, shape)
  // On another host: the first one may be in backoff.
  const { proxy, form } = await addEchoProxy(filled)
  const account = { provider: form.provider, values: form.values, secrets: form.secrets }
  expect((await manage('POST', '/v1/accounts', { ...account, name: 'met' })).status).toBe(201)
  const id = `${form.provider}/met`
  const given = await manage('POST', '/v1/tokens', { account: id })
  expect(given.status).toBe(200)

  proxy.respondAs(shape)
  const before = proxy.echoCount()
  const ofAccount = `/v1/accounts/${id}`
  const lease = (JSON.parse(given.text) as { lease_id: string }).lease_id
  const asked = [
    ['GET', `${ofAccount}/tokens`],
    ['POST', `${ofAccount}/portal`, {}],
    ['POST', '/v1/tokens', { account: id, refused_lease: lease }],
    ['POST', `${ofAccount}/rotate`],
    ['POST', `${ofAccount}/tokens/revoke`, { id: 'some' }],
    ['POST', `${ofAccount}/tokens/revoke-all`, { confirm: id }],
    ['POST', `${ofAccount}/login`, { secrets: form.secrets }],
    ['POST', '/v1/leases/end', { account: id }],
    ['POST', `${ofAccount}/logout`],
  ] as const
  for (const [method, path, body] of asked) said.push(await manage(method, path, body))
  expect(proxy.echoCount()).toBeGreaterThan(before)
  for (const words of [['status'], ['active', '--all'], ['activity', '--json']]) {
    const { stdout: shown, stderr: noted } = await installation.cli(words)
    said.push({ status: 0, text: `${shown}${noted}` })
  }
  proxy.respondAs(null)
  await manage('DELETE', ofAccount)
  return said
}

describe.each(PROVIDERS)('%s, which echoes what it is sent', (provider) => {
  it.each(SHAPES)(
    'leaves no secret in a response, an output line or a file, for %s',
    async (shape) => {
      expect(leaksIn(await collectResponses(formOf(provider), shape))).toEqual([])
    },
    patience(60_000),
  )
})

describeWith([openssl], 'a service whose TLS certificate is not trusted', () => {
  it.each(PROVIDERS)('receives no secret, and its refusal reveals none: %s', async (provider) => {
    const stranger = await startEchoService(undefined, {
      tls: new Authority().issue('IP:127.0.0.1'),
    })
    stops.push(stranger.close)
    const form = formOf(provider)
    const plain = stranger.url.replace('https:', 'http:')
    const { origin } = new URL(form.values['url'] ?? '')
    for (const address of [stranger.url, plain, origin.replace('http:', 'https:')]) {
      const wrong = withAddress(form, address)
      const { code, stdout, stderr } = await logInByCommand(wrong)
      expect(code).not.toBe(0)
      const refused = await manage('POST', '/v1/accounts', { ...wrong, name: 'no' })
      expect(refused.status).toBeGreaterThanOrEqual(400)
      expect(leaksIn([refused, { status: 0, text: `${stdout}${stderr}` }])).toEqual([])
    }
    expect(stranger.requests).toEqual([])
  })
})
