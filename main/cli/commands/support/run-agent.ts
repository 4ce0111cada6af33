import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type ErrorCode, errorTable, TokentrayError } from '../../../base/errors.ts'
import type { ServeOptions } from '../../context.ts'

interface AgentModule {
  runAgent(options: ServeOptions): Promise<number>
}

/** Runs the agent that was built with this program until a signal stops it; resolves with its exit code. */
export async function runAgent(options: ServeOptions): Promise<number> {
  const file = path.join(__dirname, '../main/agent.js')
  if (!existsSync(file)) {
    throw new TokentrayError('server_error', `The agent is missing: ${file}`, {
      hint: 'Reinstall Tokentray, or build it with "npm run build".',
    })
  }
  // Not bundled: only this command needs it, and loading it takes longer than any other command runs.
  const agent: AgentModule = await import(/* @vite-ignore */ pathToFileURL(file).href)
  return agent.runAgent(options).catch((error: unknown) => {
    throw toOwnError(error)
  })
}

/** The agent is a separate bundle with its own error class, for which `instanceof` is false here. */
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
