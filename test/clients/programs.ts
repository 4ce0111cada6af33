import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import type { TestClient } from '../helpers/make-loopback.ts'
import { type Component, curl, program } from '../helpers/needs.ts'

const run = promisify(execFile)

/** The folder where `prepare.sh` installs the clients in other languages. */
export const clientsFolder = path.resolve(import.meta.dirname, '../../out/clients')
const here = (...parts: string[]) => path.join(import.meta.dirname, ...parts)

/** A program to run, with additional environment variables. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** An unmodified client, in a program that runs steps and prints a line of JSON for each. */
export interface ClientProgram {
  readonly name: string
  readonly command: readonly string[]
  /** Its name in docs/clients.md. */
  readonly row: string
  /** Its code for a 401, if it reads our code only from a 400; ours is then in the description. */
  readonly unauthorized?: string
  /** It does not show the body of a 401, not even with --content-on-error. */
  readonly hides401?: true
  /** The error with which it rejects a response whose `token_type` is not Bearer. */
  readonly bearerOnly?: string
  /** It passes on the `headers` of the response, a non-standard member. */
  readonly hasHeaders?: true
  /** It caches its token, and fetches the next one by itself this many seconds before expiry. */
  readonly renewsEarlySeconds?: number
  /** Its error if it was not configured to allow connections without TLS. */
  readonly wantsTls?: string
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

const pythonClient = (name: string, file: string, row = name): ClientProgram => ({
  name,
  row,
  command: [python, here('python', file)],
})

export const pythonPrograms: readonly ClientProgram[] = [
  { ...pythonClient('Authlib', 'authlib_client.py'), hasHeaders: true, renewsEarlySeconds: 60 },
  {
    ...pythonClient('requests-oauthlib', 'requests_client.py'),
    hasHeaders: true,
    wantsTls: 'insecure_transport',
  },
  pythonClient('the urllib of Python', 'urllib_client.py', 'Python `urllib`'),
]

export const nodeProgram: ClientProgram = {
  name: 'openid-client',
  row: '`openid-client`',
  command: [process.execPath, here('node/openid-client.mjs')],
  bearerOnly: 'unsupported operation, with the token in its cause',
  wantsTls: 'OAUTH_HTTP_REQUEST_FORBIDDEN',
}

const shellProgram = (name: string): ClientProgram => ({
  name,
  row: '`curl`',
  command: ['bash', here('shell/client.sh'), name],
})

/** The shell clients, with the programs that they need. */
export const shellPrograms: readonly (readonly [Component, ClientProgram])[] = [
  [curl, shellProgram('curl')],
  [wget, { ...shellProgram('wget'), hides401: true }],
]

export const jdkProgram: ClientProgram = {
  name: 'java.net.http',
  row: '`java.net.http`',
  command: ['java', here('java/JdkClient.java')],
}

/**
 * The output of the program, by step, run as that tool: for the whole life of a token, for getting one,
 * for an expired one, or for using one twice.
 */
export async function runSteps(
  { command }: ClientProgram,
  steps: 'life' | 'token' | 'expiry' | 'twice',
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

/** Those from registries that not every machine can reach; `missing` ones are skipped, which the run reports. */
export function furtherPrograms(): {
  readonly found: readonly ClientProgram[]
  readonly missing: readonly string[]
  readonly all: readonly ClientProgram[]
} {
  const springProgram: ClientProgram = {
    name: 'Spring Security',
    row: 'Spring Security',
    command: ['java', '-cp', path.join(spring, '*'), here('java/SpringClient.java')],
    unauthorized: 'invalid_token_response',
    bearerOnly: 'tokenType cannot be null',
    renewsEarlySeconds: 60,
  }
  const goProgram: ClientProgram = {
    name: "Go's x/oauth2",
    row: 'Go `golang.org/x/oauth2`',
    command: [go],
    hasHeaders: true,
    renewsEarlySeconds: 10,
  }
  const rustProgram: ClientProgram = {
    name: "Rust's oauth2",
    row: 'Rust `oauth2`',
    command: [rust],
    hasHeaders: true,
    wantsTls: 'Scheme for revocation endpoint URL must be HTTPS',
  }
  const all = [
    { client: springProgram, isThere: existsSync(spring) && jdk.isThere() },
    { client: goProgram, isThere: existsSync(go) },
    { client: rustProgram, isThere: existsSync(rust) },
  ]
  return {
    all: all.map(({ client }) => client),
    found: all.filter(({ isThere }) => isThere).map(({ client }) => client),
    missing: all.filter(({ isThere }) => !isThere).map(({ client }) => client.name),
  }
}

/** All programs that are tested on a machine with everything installed. */
export const allPrograms: readonly ClientProgram[] = [
  nodeProgram,
  jdkProgram,
  ...pythonPrograms,
  ...furtherPrograms().all,
  ...shellPrograms.map(([, each]) => each),
]

/** All that are installed on this machine. */
export const programsHere: readonly ClientProgram[] = [
  nodeProgram,
  ...(jdk.isThere() ? [jdkProgram] : []),
  ...(pythonClients.isThere() ? pythonPrograms : []),
  ...furtherPrograms().found,
  ...shellPrograms.flatMap(([component, each]) => (component.isThere() ? [each] : [])),
]
