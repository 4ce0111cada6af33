import { expect, test } from 'vitest'
import { isTokentrayError } from '../../../main/base/errors.ts'
import { replyToLine } from '../../../main/cli/helpers/cargo.ts'
import { replyToDocker } from '../../../main/cli/helpers/docker.ts'
import { replyToGit } from '../../../main/cli/helpers/git.ts'
import type { HelperReply } from '../../../main/cli/helpers/helper-reply.ts'
import { replyToKubernetes } from '../../../main/cli/helpers/kubernetes.ts'
import {
  answeringApi,
  chance,
  hasToken,
  INPUTS,
  OWN_HOSTS,
  oneOf,
  spoiled,
} from './generated-input.ts'

const api = answeringApi()
const contextOf = (input: string) => ({
  readInput: async () => input,
  connect: () => api,
  now: () => 0,
})

/** The reply, or `null` for a refusal; anything else that is thrown is a crash. */
async function replyOr(work: Promise<HelperReply>): Promise<HelperReply | null> {
  try {
    return await work
  } catch (error) {
    if (isTokentrayError(error)) return null
    throw error
  }
}

/** Gives each generated input to the helper; returns how many got a token. */
async function feed(
  seed: number,
  make: (pick: ReturnType<typeof chance>) => string,
  reply: (input: string) => Promise<HelperReply>,
  mayHaveToken: (input: string) => boolean,
): Promise<number> {
  const pick = chance(seed)
  const wrong: string[] = []
  let given = 0
  for (let left = INPUTS; left > 0; left -= 1) {
    const input = make(pick)
    const { out = '', note = '' } = (await replyOr(reply(input))) ?? {}
    if (hasToken(note)) wrong.push(input)
    if (!hasToken(out)) continue
    given += 1
    if (!mayHaveToken(input)) wrong.push(input)
  }
  expect(wrong).toEqual([])
  return given
}

const GIT_LINES = [
  ...['protocol=https', 'protocol=http', 'protocol=ssh', 'protocol='],
  ...['host=files.example.com', 'host=127.0.0.1:8080', 'host=evil.example', 'host='],
  ...['path=team/repo.git', 'path=', 'path=../..', 'username=team', 'username=', 'password=x'],
  ...['capability[]=authtype', 'capability[]=', 'wwwauth[]=Basic realm="x"', 'wwwauth[]=', ''],
]
const GIT_START = ['protocol=https\nhost=files.example.com', 'protocol=http\nhost=127.0.0.1:8080']

/** What git means by these lines, read in another way than the helper does: the last value of a key counts. */
function isForOwnHost(input: string): boolean {
  const lines = input.split('\n\n')[0]?.split('\n') ?? []
  const last = (key: string) =>
    lines.findLast((line) => line.startsWith(`${key}=`))?.slice(key.length + 1)
  const protocol = last('protocol')
  const host = last('host') ?? ''
  return (protocol === 'https' || protocol === 'http') && OWN_HOSTS[protocol].test(host)
}

test('git gets a token for no host that was not set, whatever it sends', async () => {
  const given = await feed(
    1,
    (pick) => {
      const more = Array.from({ length: pick(5) }, () => oneOf(pick, GIT_LINES))
      const start = pick(4) === 0 ? [] : [oneOf(pick, GIT_START)]
      return spoiled([...start, ...more, ''].join('\n'), pick)
    },
    (input) => replyToGit('get', contextOf(input)),
    isForOwnHost,
  )
  expect(given).toBeGreaterThan(INPUTS / 20)
})

const DOCKER_SERVERS = [
  ...['files.example.com', '127.0.0.1:8080', 'https://files.example.com/v1/', 'evil.example'],
  ...['http://127.0.0.1:8080', 'https://index.docker.io/v1/', 'localhost:5000', ''],
]
const DOCKER_OWN =
  /^((https:\/\/)?files\.example\.com(:443)?|(http:\/\/)?127\.0\.0\.1:8080)([/?#].*)?$/i

test('docker gets a token for no server that was not set, whatever it sends', async () => {
  const given = await feed(
    2,
    (pick) => spoiled(oneOf(pick, DOCKER_SERVERS), pick),
    (input) =>
      replyToDocker(oneOf(chance(input.length), ['get', 'get', 'list']), '1', contextOf(input)),
    (input) => DOCKER_OWN.test(input.trim()),
  )
  expect(given).toBeGreaterThan(INPUTS / 20)
})

const CARGO_INDEXES = [
  ...['sparse+https://files.example.com/index/', 'sparse+http://127.0.0.1:8080/', 'ssh://x'],
  ...['https://files.example.com/index', 'sparse+https://evil.example/'],
]

/** What cargo means by this line. */
function isForOwnRegistry(line: string): boolean {
  const { v, kind, registry, args: given } = JSON.parse(line)
  const args: unknown[] = given ?? []
  const url = /^(?:sparse\+)?(https?):\/\/([^/?#]*)/i.exec(registry['index-url']) ?? []
  const hosts = OWN_HOSTS[url[1]?.toLowerCase() as keyof typeof OWN_HOSTS]
  const isNamed = args.length === 0 || /^(sftpgo\/)?(files|team|local)$/.test(String(args[0]))
  return v === 1 && kind === 'get' && hosts.test(url[2] ?? '') && isNamed
}

test('cargo gets a token for no registry that was not set, and one reply to each line', async () => {
  const given = await feed(
    3,
    (pick) => {
      const index = spoiled(oneOf(pick, CARGO_INDEXES), pick)
      const kind = oneOf(pick, ['get', 'get', 'get', 'get', 'get', 'logout'])
      const args = oneOf(pick, [[], [], [], ['files'], ['sftpgo/local'], [''], [1], null])
      const registry = { 'index-url': index, headers: [] }
      const line = JSON.stringify({ v: 1, registry, kind, operation: 'read', args })
      return pick(3) === 0 ? spoiled(line, pick) : line
    },
    async (line) => {
      const reply = await replyToLine(
        line,
        () => api,
        () => 0,
      )
      const out = JSON.stringify(reply)
      expect(out).toMatch(/^\{"(Ok|Err)":\{"kind":"[a-z-]+"[^\n]*\}\}$/)
      return { out, exit: 0 }
    },
    isForOwnRegistry,
  )
  expect(given).toBeGreaterThan(INPUTS / 20)
})

const VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']

test('kubectl gets the version that it asks for, or no token', async () => {
  const given = await feed(
    4,
    (pick) => {
      const apiVersion = oneOf(pick, [...VERSIONS, 'v1', '', null, [VERSIONS[0]]])
      const kind = oneOf(pick, ['ExecCredential', '', null])
      return spoiled(JSON.stringify({ kind, apiVersion, spec: { interactive: false } }), pick)
    },
    (input) => replyToKubernetes('sftpgo/files', { ...contextOf(input), variable: () => input }),
    (input) => input === '' || VERSIONS.includes(JSON.parse(input).apiVersion),
  )
  expect(given).toBeGreaterThan(INPUTS / 20)
})
