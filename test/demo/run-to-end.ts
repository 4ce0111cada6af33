import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Runs one command of `tokentray` to its end with this as its standard input; rejects when it fails. */
export async function runToEnd(
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
  // It may end without reading its input.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`tokentray ${args[0]} failed with ${code}: ${said}`)
}
