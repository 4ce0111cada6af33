import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import type { TestClient } from '../helpers/make-loopback.ts'
import { type Component, curl, program } from '../helpers/needs.ts'

const run = promisify(execFile)

/** Where `prepare.sh` has put the clients of other languages. */
export const clientsFolder = path.resolve(import.meta.dirname, '../../out/clients')
const here = (...parts: string[]) => path.join(import.meta.dirname, ...parts)

/** A program to run, with what its environment has besides. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A client as it comes, in a program that goes through steps and prints a line of JSON for each. */
export interface ClientProgram {
  readonly name: string
  readonly command: readonly string[]
  /** What it calls a 401, where it takes our code from a 400 only; ours is then in the description. */
  readonly unauthorized?: string
  /** It shows nothing of a 401, not even what --content-on-error shows of other refusals. */
  readonly hides401?: true
  /** It throws away an answer whose `token_type` is not Bearer. */
  readonly bearerOnly?: true
}

export const jdk: Component = program('a JDK', 'apt install default-jdk-headless', 'java', 'javac')
const wget: Component = program('wget', 'apt install wget', 'wget')

const python = path.join(clientsFolder, 'python/bin/python')
/** Makes requests from an OpenAPI document. */
export const schemathesis = path.join(clientsFolder, 'python/bin/schemathesis')

export const pythonClients: Component = {
  name: 'the OAuth clients of Python',
  install: 'test/clients/prepare.sh',
  isThere: () => existsSync(python),
}

const pythonClient = (name: string, file: string): ClientProgram => ({
  name,
  command: [python, here('python', file)],
})

export const pythonPrograms: readonly ClientProgram[] = [
  pythonClient('Authlib', 'authlib_client.py'),
  pythonClient('requests-oauthlib', 'requests_client.py'),
  pythonClient('the urllib of Python', 'urllib_client.py'),
]

const shellProgram = (name: string): ClientProgram => ({
  name,
  command: ['bash', here('shell/client.sh'), name],
})

/** Those of the shell, with what they need. */
export const shellPrograms: readonly (readonly [Component, ClientProgram])[] = [
  [curl, shellProgram('curl')],
  [wget, { ...shellProgram('wget'), hides401: true }],
]

export const jdkProgram: ClientProgram = {
  name: 'java.net.http',
  command: ['java', here('java/JdkClient.java')],
}

/**
 * What the program has printed, by step, as that tool: of the whole life of a token, of getting one, or
 * of what follows on one whose time is over.
 */
export async function runSteps(
  { command }: ClientProgram,
  steps: 'life' | 'token' | 'expiry',
  issuer: string,
  tool: TestClient,
): Promise<ReadonlyMap<unknown, Line>> {
  const [file = '', ...args] = command
  const { stdout } = await run(file, args, {
    env: {
      ...process.env,
      ...{ STEPS: steps, ISSUER: issuer, CLIENT_ID: tool.id, CLIENT_SECRET: tool.secret },
      ...{ no_proxy: '*', NO_PROXY: '*', PYTHONDONTWRITEBYTECODE: '1' },
    },
  })
  const lines = stdout.trim().split('\n')
  return new Map(lines.map((line) => JSON.parse(line) as Line).map((line) => [line['step'], line]))
}

type Line = Readonly<Record<string, unknown>>

const go = path.join(clientsFolder, 'go-client')
const rust = path.join(clientsFolder, 'rust-client')
const spring = path.join(clientsFolder, 'spring')

/** Those of registries that not every machine reaches; `missing` are not tried, and the run says so. */
export function furtherPrograms(): {
  readonly found: readonly ClientProgram[]
  readonly missing: readonly string[]
} {
  const springProgram: ClientProgram = {
    name: 'Spring Security',
    command: ['java', '-cp', path.join(spring, '*'), here('java/SpringClient.java')],
    unauthorized: 'invalid_token_response',
    bearerOnly: true,
  }
  const all = [
    { client: springProgram, isThere: existsSync(spring) && jdk.isThere() },
    { client: { name: "Go's x/oauth2", command: [go] }, isThere: existsSync(go) },
    { client: { name: "Rust's oauth2", command: [rust] }, isThere: existsSync(rust) },
  ]
  return {
    found: all.filter(({ isThere }) => isThere).map(({ client }) => client),
    missing: all.filter(({ isThere }) => !isThere).map(({ client }) => client.name),
  }
}
