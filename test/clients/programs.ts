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
  /** What docs/clients.md calls it. */
  readonly row: string
  /** What it calls a 401, where it takes our code from a 400 only; ours is then in the description. */
  readonly unauthorized?: string
  /** It shows nothing of a 401, not even what --content-on-error shows of other refusals. */
  readonly hides401?: true
  /** It throws away an answer whose `token_type` is not Bearer, with these words. */
  readonly bearerOnly?: string
  /** It hands on the `headers` of the answer, which are no member of the standard. */
  readonly hasHeaders?: true
  /** It keeps its token, and fetches the next one by itself so many seconds before the end. */
  readonly renewsEarlySeconds?: number
  /** What it says if it was not allowed to connect without TLS. */
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

/** Those of the shell, with what they need. */
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
 * What the program has printed, by step, as that tool: of the whole life of a token, of getting one, of
 * what follows on one whose time is over, or of using one twice.
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

/** Those of registries that not every machine reaches; `missing` are not tried, and the run says so. */
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

/** All that are tried where all is there. */
export const allPrograms: readonly ClientProgram[] = [
  nodeProgram,
  jdkProgram,
  ...pythonPrograms,
  ...furtherPrograms().all,
  ...shellPrograms.map(([, each]) => each),
]

/** All that this machine has. */
export const programsHere: readonly ClientProgram[] = [
  nodeProgram,
  ...(jdk.isThere() ? [jdkProgram] : []),
  ...(pythonClients.isThere() ? pythonPrograms : []),
  ...furtherPrograms().found,
  ...shellPrograms.flatMap(([component, each]) => (component.isThere() ? [each] : [])),
]
