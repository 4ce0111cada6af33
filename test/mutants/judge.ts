import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

/** The results of the tests selected by name. */
export interface Verdict {
  readonly passed: readonly string[]
  readonly failed: readonly string[]
  readonly skipped: readonly string[]
  /** The output, for diagnosis. */
  readonly output: string
}

/** The members of Vitest's JSON report that are used here. */
const report = z.object({
  testResults: z.array(
    z.object({
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
})

const REPORT = 'mutant-report.json'

/** Longer than any test file takes with all its waits; a test that hangs fails by its own limit. */
const LIMIT_MS = 10 * 60_000

/** Runs the tests of one file whose names contain one of these. */
export async function runTests(
  folder: string,
  file: string,
  names: readonly string[],
): Promise<Verdict> {
  const target = path.join(folder, REPORT)
  rmSync(target, { force: true })
  const args = ['vitest', 'run', file, '-t', names.map(asPattern).join('|'), '--bail', '1']
  const output = await run('npx', [...args, '--reporter=json', `--outputFile=${REPORT}`], folder)
  const inState = (state: RegExp) =>
    results.filter(({ status }) => state.test(status)).map(({ fullName }) => fullName)
  const results = existsSync(target)
    ? report
        .parse(JSON.parse(readFileSync(target, 'utf8')))
        .testResults.flatMap(({ assertionResults }) => assertionResults)
        .filter(({ fullName }) => names.some((name) => fullName.includes(name)))
    : []
  return {
    passed: inState(/^passed$/),
    failed: inState(/^failed$/),
    skipped: inState(/^(skipped|pending|todo)$/),
    output,
  }
}

/**
 * Builds the program.
 *
 * @throws the build's output if it fails.
 */
export async function buildProgram(folder: string): Promise<void> {
  const output = await run('npm', ['run', 'build'], folder)
  if (!existsSync(path.join(folder, 'out/cli/tokentray.cjs'))) throw new Error(output)
}

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const pieces: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => void pieces.push(piece))
  child.stderr.on('data', (piece: Buffer) => void pieces.push(piece))
  const timer = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), LIMIT_MS)
  await once(child, 'close')
  clearTimeout(timer)
  return Buffer.concat(pieces).toString()
}

const asPattern = (name: string) => name.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
