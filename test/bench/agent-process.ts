import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { runToEnd } from '../demo/run-to-end.ts'

/** A running agent and the command line that talks to it. */
export interface AgentProcess {
  /** Where it listens, once it does; rejects when it ends before. */
  readonly ready: Promise<string>
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
  // A group of its own: Ctrl-C must not reach it, but it ends with this process, when the channel closes.
  const agent = spawn(process.execPath, args, {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const ended = once(agent, 'exit')
  return {
    ready: readIssuer(agent),
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
    if (/^passwords: in /.test(line)) break
  }
  if (issuer === '') throw new Error('The agent did not start.')
  // What it says later must not fill the pipe.
  agent.stdout.resume()
  return issuer
}
