import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { makeTestFolder, registerSecret } from '../helpers/marks.ts'
import { ofThisTest } from '../helpers/process-list.ts'

/** The built command line. */
export const CLI = path.resolve(import.meta.dirname, '../../out/cli/tokentray.cjs')

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A home directory and the built program that uses it, as on a user's machine. */
export interface Installation {
  readonly home: string
  readonly env: NodeJS.ProcessEnv
  /** The folder of the audit log and the ledger. */
  readonly data: string
  /** Runs the command line and waits for it to exit. */
  cli(args: readonly string[], input?: string): Promise<Outcome>
  /** The same; throws its output if it fails. */
  mustDo(args: readonly string[], input?: string): Promise<string>
  /** The owner key for management requests, read where the command line reads it. */
  ownerKey(): string
  /** Starts `tokentray serve`. */
  serve(args?: readonly string[]): Serving
}

/** A running agent. */
export interface Serving {
  readonly pid: number
  /** Resolves to the matching line once it is printed; rejects if the agent exits first. */
  says(pattern: RegExp): Promise<string>
  /** The URL it listens on. */
  issuer(): Promise<string>
  /** Stops it in order; resolves to the exit code. */
  stop(): Promise<number>
  kill(): Promise<void>
  readonly exited: Promise<number>
}

/** A home directory, empty unless given; `extra` is added to its environment, for example a key ring. */
export function install(
  extra: Readonly<Record<string, string>> = {},
  home = makeTestFolder('home'),
): Installation {
  if (!existsSync(CLI)) throw new Error('Build first: npm run build')
  const always = { PATH: process.env['PATH'], TZ: 'UTC', ...ofThisTest }
  const env: NodeJS.ProcessEnv = { ...always, ...extra, HOME: home }
  const log = path.join(home, 'printed.log')
  const run = async (args: readonly string[], input = ''): Promise<Outcome> => {
    const child = spawn(process.execPath, [CLI, ...args], { env })
    const stdout = collect(child.stdout)
    const stderr = collect(child.stderr)
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    const [code] = await once(child, 'close')
    const outcome = { code: Number(code), stdout: stdout(), stderr: stderr() }
    // The output is searched for secrets too, except where it is meant to contain one.
    appendFileSync(log, outcome.stderr)
    if (!['token', 'header', 'portal'].includes(args[0] ?? '') && !args.includes('add')) {
      appendFileSync(log, outcome.stdout)
    }
    return outcome
  }
  return {
    home,
    env,
    data: path.join(home, '.local', 'state', 'tokentray'),
    cli: run,
    mustDo: async (args, input) => {
      const { code, stdout, stderr } = await run(args, input)
      if (code !== 0) throw new Error(`tokentray ${args.join(' ')} ended with ${code}: ${stderr}`)
      return stdout
    },
    ownerKey: () => {
      const folder = env['XDG_RUNTIME_DIR'] ?? path.join(home, '.local/state/tokentray/run')
      const inside = env['XDG_RUNTIME_DIR'] ? 'tokentray/owner.key' : 'owner.key'
      return readFileSync(path.join(folder, inside), 'utf8').trim()
    },
    serve: (args = []) => startServing(env, args, log),
  }
}

function startServing(env: NodeJS.ProcessEnv, args: readonly string[], log: string): Serving {
  const child = spawn(process.execPath, [CLI, 'serve', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines = new Lines(child, log)
  const exited = once(child, 'close').then(([code]) => Number(code))
  return {
    pid: child.pid ?? 0,
    says: (pattern) => lines.find(pattern),
    issuer: async () => (await lines.find(/ serves http/)).split(' ').at(-1) ?? '',
    stop: () => {
      child.kill('SIGTERM')
      return exited
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    exited,
  }
}

/** The output of a process, line by line, with the pending waits for a line. */
class Lines {
  #text = ''
  #ended = false
  readonly #changes = new Set<() => void>()

  constructor(child: ChildProcess, log: string) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        appendFileSync(log, chunk)
        this.#text += chunk.toString()
        this.#changed()
      })
    }
    child.on('close', () => {
      this.#ended = true
      this.#changed()
    })
  }

  async find(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.#text.split('\n').find((line) => pattern.test(line))
      if (found !== undefined) return found
      if (this.#ended) throw new Error(`The agent ended before it said ${pattern}: ${this.#text}`)
      await new Promise<void>((resolve) => this.#changes.add(resolve))
    }
  }

  #changed(): void {
    for (const change of this.#changes) change()
    this.#changes.clear()
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  return () => text
}

/** A client made by the command line, with its curl configuration file. */
export interface Tool {
  readonly id: string
  readonly secret: string
  readonly config: string
}

/** Creates a client for these accounts; its secret is registered with the search for leaks. */
export async function addTool(
  installation: Installation,
  name: string,
  accounts: readonly string[],
): Promise<Tool> {
  // Outside the home, which is searched: this file is meant to hold the secret.
  const config = path.join(
    installation.home,
    '..',
    '..',
    `${path.basename(installation.home)}-${name}`,
  )
  const args = ['tools', 'add', name, '--accounts', accounts.join(','), '--curl-config', config]
  await installation.mustDo(args)
  const [, id = '', secret = ''] =
    /user = "([^:]+):([^"]+)"/.exec(readFileSync(config, 'utf8')) ?? []
  registerSecret(secret)
  return { id, secret, config }
}

/** Runs a line as if it were pasted into a shell. */
export async function runShell(script: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const shell = spawn('bash', ['-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const stdout = collect(shell.stdout)
  const stderr = collect(shell.stderr)
  const [code] = await once(shell, 'close')
  return { code: Number(code), stdout: stdout(), stderr: stderr() }
}

/** Runs curl; standard output is the response. */
export async function curl(
  args: readonly string[],
  { input = '', env = {} }: { input?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly status: number; readonly body: string }> {
  const child = spawn('curl', ['--noproxy', '*', '-sS', '-w', '\n%{http_code}', ...args], {
    env: { ...process.env, ...env },
  })
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  // A program that reads nothing may close its end of standard input before we close ours.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`curl ended with ${code}: ${stderr()}`)
  const text = stdout()
  const end = text.lastIndexOf('\n')
  return { status: Number(text.slice(end + 1)), body: text.slice(0, end) }
}
