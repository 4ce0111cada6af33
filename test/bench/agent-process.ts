import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A running agent and the command line that talks to it. */
export interface AgentProcess {
  /** Where it listens, once it does; rejects when it ends before. */
  readonly ready: Promise<string>
  /** Resolves when this process is told to stop, or the agent has ended by itself. */
  readonly toldToStop: Promise<void>
  /** Runs one command to its end with this as its standard input; rejects when it fails. */
  tokentray(args: readonly string[], input: string): Promise<void>
  /** Tells the agent to stop, and waits until it has ended what it could. */
  stop(): Promise<void>
}

/** Starts `tokentray serve` over a home of its own; without a key ring in `extra`, in memory. */
export function startAgent(
  cli: string,
  home: string,
  extra?: Readonly<Record<string, string>>,
): AgentProcess {
  const env = { ...process.env, ...extra, TOKENTRAY_HOME: home }
  const args = [cli, 'serve', ...(extra ? [] : ['--memory'])]
  // A group of its own: Ctrl-C must reach this process only, which then stops the agent in order.
  const agent = spawn(process.execPath, args, {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(agent, 'exit')
  return {
    ready: readIssuer(agent),
    toldToStop: Promise.race([told(), ended]).then(() => undefined),
    tokentray: (args, input) => runToEnd(cli, args, input, env),
    stop: async () => {
      agent.kill('SIGTERM')
      await ended
    },
  }
}

async function readIssuer(agent: ChildProcess): Promise<string> {
  if (!agent.stdout) throw new Error('The agent has no output.')
  let issuer = ''
  for await (const line of createInterface({ input: agent.stdout })) {
    issuer = / serves (http:\S+)$/.exec(line)?.[1] ?? issuer
    if (/^(memory|keychain): ready$/.test(line)) break
  }
  if (issuer === '') throw new Error('The agent did not start.')
  // What it says later must not fill the pipe.
  agent.stdout.resume()
  return issuer
}

let toldOnce: Promise<void> | undefined

/** However many agents there are, this process listens once. */
function told(): Promise<void> {
  toldOnce ??= new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve())
    }
    // `npm start` was killed.
    process.on('disconnect', () => resolve())
  })
  return toldOnce
}

async function runToEnd(
  cli: string,
  args: readonly string[],
  input: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['pipe', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`tokentray ${args[0]} failed with ${code}: ${said}`)
}
