import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Installation, install, type Serving } from '../flows/real-agent.ts'
import { makeTestFolder, markedSecret, registerSecret } from '../helpers/marks.ts'
import { describeWith } from '../helpers/needs.ts'
import { patience } from '../helpers/waiting.ts'
import { type FiveServices, startFiveServices } from '../simulators/five-services.ts'
import { furtherGenerators, type Generator, pythonGenerator } from './generators.ts'
import { pythonClients } from './programs.ts'

const run = promisify(execFile)

let services: FiveServices
let installation: Installation
let agent: Serving
beforeEach(async () => {
  services = await startFiveServices({ onToken: registerSecret }, markedSecret)
  installation = install()
  agent = installation.serve(['--memory'])
})
afterEach(async () => {
  await agent.stop()
  await services.close()
})

/** The output of the program that calls the built agent with a client generated from its openapi.json. */
async function callAll(generator: Generator) {
  const issuer = await agent.issuer()
  const document = (await (await fetch(`${issuer}/openapi.json`)).json()) as Document
  const folder = makeTestFolder('generated')
  writeFileSync(path.join(folder, 'openapi.json'), JSON.stringify(document))
  let printed = ''
  for (const { file, args, env } of generator.commands(folder)) {
    const running = run(file, args, {
      cwd: folder,
      env: {
        ...process.env,
        ...{ ISSUER: issuer, OWNER_KEY: installation.ownerKey() },
        ...{ NO_PROXY: '*', no_proxy: '*', PYTHONDONTWRITEBYTECODE: '1', ...env },
      },
      maxBuffer: 16 * 1024 * 1024,
    })
    const { stdin } = running.child
    // Not in its environment, where other tests look for secrets. Generators read nothing.
    stdin?.on('error', () => undefined)
    stdin?.end(JSON.stringify(services.forms))
    printed = (await running).stdout
  }
  const lines = printed.trim().split('\n')
  const calls = lines.map((line) => JSON.parse(line) as Call)
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
  return { calls, issuer, names: operations.map(({ operationId }) => operationId) }
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { operationId: string }>>>>
}

/** A call by its name in the document, its status, and what the program prints of the typed response. */
interface Call {
  readonly call: string
  readonly status: number
  readonly [told: string]: unknown
}

async function expectAllCalled(generator: Generator): Promise<void> {
  const { calls, issuer, names } = await callAll(generator)

  expect(calls).toEqual(expectedCalls(issuer))
  expect([...new Set(calls.map(({ call }) => call))].sort()).toEqual([...names].sort())
}

const LIMIT = patience(180_000)

describeWith([pythonClients], 'a client generated from openapi.json', () => {
  it(
    'in Python makes one call of each kind, and its types fit the answers',
    () => expectAllCalled(pythonGenerator),
    LIMIT,
  )
})

const { found } = furtherGenerators

describe.runIf(found.length > 0)('a client generated from openapi.json', () => {
  it.each(found.map((each) => [each.name, each] as const))(
    'by %s makes one call of each kind, and its types fit the answers',
    (_name, each) => expectAllCalled(each),
    LIMIT,
  )
})

const SFTPGO = 'sftpgo/demo'
const signedIn = (account: string) => ({ account, state: 'signed_in' })
const bearer = { account: SFTPGO, type: 'Bearer' }
const refused = (status: number, error: string) => ({ status, error, says: true })

/** The expected output of each program, in order. */
const expectedCalls = (issuer: string): readonly Call[] => [
  { call: 'getHealth', status: 200, is: 'ok' },
  { call: 'getMetadata', status: 200, issuer },
  { call: 'getOpenapi', status: 200, openapi: '3.1.0' },
  { call: 'getStatus', status: 200, vault: 'ready' },
  { call: 'listProviders', status: 200, providers: Object.keys(services.all) },
  { call: 'checkAccount', status: 200 },
  { call: 'addAccount', status: 201, ...signedIn(SFTPGO) },
  { call: 'addAccount', status: 201, ...signedIn('glowmarkt/demo') },
  { call: 'addAccount', status: 201, ...signedIn('svix/demo') },
  { call: 'listAccounts', status: 200, kinds: ['shared', 'dedicated', 'dedicated'] },
  { call: 'changeAccount', status: 200, seconds: 600 },
  { call: 'findAccount', status: 200, account: SFTPGO },
  { call: 'addClient', status: 201, accounts: [SFTPGO] },
  // As this client.
  { call: 'requestToken', status: 200, ...bearer },
  { call: 'introspectLease', status: 200, active: true },
  { call: 'listAccounts', status: 200, granted: [SFTPGO] },
  { call: 'revokeLease', status: 200, ended: [SFTPGO] },
  { call: 'requestToken', ...refused(400, 'invalid_target') },
  // With the owner key again.
  { call: 'issueToken', status: 200, ...bearer },
  { call: 'listLeases', status: 200, reasons: ['a try'] },
  { call: 'readActivity', status: 200, accounts: [SFTPGO] },
  { call: 'listClients', status: 200, clients: ['tool'] },
  { call: 'issueToken', status: 200, account: 'glowmarkt/demo', type: 'token' },
  { call: 'listTokens', status: 200, tokens: 2 },
  { call: 'revokeToken', status: 200, there: 'ended' },
  { call: 'rotateTokens', status: 200, ended: [SFTPGO] },
  { call: 'openPortal', status: 200, leads: true },
  { call: 'revokeAllTokens', status: 200, ended: ['svix/demo'] },
  { call: 'issueToken', status: 200, ...bearer },
  { call: 'endLeases', status: 200, ended: [SFTPGO] },
  { call: 'endLeases', status: 200 },
  { call: 'loginAgain', status: 200, ...signedIn(SFTPGO) },
  { call: 'logout', status: 200, ended: [] },
  { call: 'lock', status: 200 },
  { call: 'unlock', status: 200 },
  { call: 'exportAll', status: 200, format: 'tokentray-export' },
  { call: 'importAll', status: 200, existing: [SFTPGO, 'glowmarkt/demo', 'svix/demo'] },
  { call: 'changeClient', status: 200, accounts: ['glowmarkt/demo'] },
  { call: 'renewClientSecret', status: 200, accounts: ['glowmarkt/demo'] },
  { call: 'removeClient', status: 200, ended: [] },
  { call: 'removeAccount', status: 200, ended: [] },
  { call: 'removeAccount', ...refused(404, 'not_found') },
  { call: 'reset', status: 200 },
]
