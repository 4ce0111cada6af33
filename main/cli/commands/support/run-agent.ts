import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type ErrorCode, errorTable, TokentrayError } from '../../../base/errors.ts'
import type { ServeOptions } from '../../context.ts'

interface AgentModule {
  runAgent(options: ServeOptions): Promise<number>
}

/** Runs the agent that was built beside this program until a signal stops it; its exit code. */
export async function runAgent(options: ServeOptions): Promise<number> {
  const file = path.join(__dirname, '../main/agent.js')
  if (!existsSync(file)) {
    throw new TokentrayError('server_error', `The agent is not there: ${file}`, {
      hint: 'Install Tokentray again, or build it with "npm run build".',
    })
  }
  // Not bundled: only this command needs it, and loading it takes longer than all the others run.
  const agent: AgentModule = await import(/* @vite-ignore */ pathToFileURL(file).href)
  return agent.runAgent(options).catch((error: unknown) => {
    throw toOwnError(error)
  })
}

/** The agent is another bundle with an error class of its own, which `instanceof` does not know. */
function toOwnError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'TokentrayError') return error
  const { code, hint } = error as Error & { readonly code?: unknown; readonly hint?: unknown }
  return isErrorCode(code)
    ? new TokentrayError(code, error.message, {
        cause: error,
        ...(typeof hint === 'string' && { hint }),
      })
    : error
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorTable, value)
}
