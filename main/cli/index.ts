import { version } from '../../package.json' with { type: 'json' }
import { TokentrayError } from '../base/errors.ts'
import { readChosenStream } from '../base/files/chosen-file.ts'
import { findDirectories } from '../base/files/directories.ts'
import { endProcess } from '../base/process/end-process.ts'
import { findBroker } from '../loopback/found/discovery.ts'
import { connect } from './api/connect.ts'
import { openInBrowser } from './commands/support/open-in-browser.ts'
import { runAgent } from './commands/support/run-agent.ts'
import { wantsJson } from './commands/support/usage.ts'
import type { Context } from './context.ts'
import { argumentsOf } from './helpers/own-names.ts'
import { runProgram } from './program.ts'
import { beforeEnding } from './terminal/ending-signals.ts'
import { Input } from './terminal/input.ts'
import { createPrompt } from './terminal/prompt.ts'
import { report } from './terminal/report.ts'
import { createScreen } from './terminal/screen.ts'
import { discardTypedAhead } from './terminal/typed-ahead.ts'

const outputEnded = new AbortController()
let isAgent = false
const args = argumentsOf(process.argv.slice(1))
const screen = createScreen(process.stdout, process.stderr, process.env)

const context: Context = {
  screen,
  prompt: createPrompt(() => process.stdin, process.stderr, {
    interrupt: () => process.kill(process.pid, 'SIGINT'),
    discard: discardTypedAhead,
    beforeEnding,
  }),
  readInput: () => readChosenStream(process.stdin),
  inputLines: () => new Input(process.stdin).lines(),
  variable: (name) => process.env[name],
  now: () => Date.now(),
  connect: () => connect(findDirectories()),
  findProcess: () => findBroker(findDirectories()),
  openPage: openInBrowser,
  outputEnded: outputEnded.signal,
  onInterrupt: (listener) => {
    process.on('SIGINT', listener)
    return () => process.off('SIGINT', listener)
  },
  serve: (options) => {
    isAgent = true
    return runAgent(options)
  },
}

let outputFailure: NodeJS.ErrnoException | undefined
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    outputFailure ??= error
    outputEnded.abort()
  })
}

async function main(): Promise<number> {
  const exit = await run()
  // Even after a failure, the output so far must be complete. The agent must not wait for its log to be read.
  if (!isAgent) await Promise.all([process.stdout, process.stderr].map(flush))
  return exit
}

async function run(): Promise<number> {
  try {
    const exit = await runProgram(args, version, context)
    if (!isAgent) await flush(process.stdout)
    // A closed pipe, as in "| head", is not a failure; a full disk is.
    if (outputFailure === undefined || outputFailure.code === 'EPIPE') return exit
    throw new TokentrayError('server_error', 'Cannot write the output.', {
      cause: outputFailure,
      hint: 'Free space on that disk, or send the output elsewhere.',
    })
  } catch (error) {
    return report(error, screen, Date.now(), wantsJson(args))
  }
}

/** Resolves when everything is written, or writing has failed. */
function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}

// Standard input may still be open, which must not keep the process running.
void main().then(endProcess)
