import { existsSync } from 'node:fs'
import path from 'node:path'
import { type Component, program } from '../helpers/needs.ts'

/** Where `prepare.sh` has put the clients of other languages. */
export const clientsFolder = path.resolve(import.meta.dirname, '../../out/clients')
const here = (...parts: string[]) => path.join(import.meta.dirname, ...parts)

/** A program to run, with what its environment has besides. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A client as it comes, in a program that goes through the steps and prints a line of JSON for each. */
export interface ClientProgram {
  readonly name: string
  readonly command: readonly string[]
  /** What it calls a 401, where it takes our code from a 400 only; ours is then in the description. */
  readonly unauthorized?: string
  /** It throws away an answer whose `token_type` is not Bearer. */
  readonly bearerOnly?: true
}

export const jdk: Component = program('a JDK', 'apt install default-jdk-headless', 'java', 'javac')
export const wget: Component = program('wget', 'apt install wget', 'wget')

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

export const jdkProgram: ClientProgram = {
  name: 'java.net.http',
  command: ['java', here('java/JdkClient.java')],
}

const go = path.join(clientsFolder, 'go-client')
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
  ]
  return {
    found: all.filter(({ isThere }) => isThere).map(({ client }) => client),
    missing: all.filter(({ isThere }) => !isThere).map(({ client }) => client.name),
  }
}
