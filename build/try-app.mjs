import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/*
 * `node build/try-app.mjs PROGRAM [ARGUMENT...]`: starts a packaged app in a separate home, checks that it
 * serves within a minute and keeps running for ten seconds, and stops it. On failure it prints the app's
 * output and the files that it wrote.
 */

const START_MS = 60_000
const KEEPS_RUNNING_MS = 10_000
const STOP_MS = 30_000
const EVERY_MS = 100

const [program = '', ...args] = process.argv.slice(2)
const root = path.resolve(import.meta.dirname, '..')
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
const home = mkdtempSync(path.join(tmpdir(), 'tokentray-try-'))
const endpointFile = path.join(home, 'run', 'endpoint.json')

const child = spawn(program, args, {
  env: { ...process.env, TOKENTRAY_HOME: home, TOKENTRAY_LOG: 'info' },
  stdio: ['ignore', 'pipe', 'pipe'],
})
let printed = ''
for (const stream of [child.stdout, child.stderr]) {
  stream.on('data', (chunk) => {
    printed += chunk
  })
}
/** @type {string | undefined} */
let end
child.on('error', ({ message }) => {
  end = message
})
child.on('exit', (code, signal) => {
  end ??= `it exited with ${code ?? signal}`
})

try {
  await until(() => existsSync(endpointFile), START_MS, 'endpoint.json is missing')
  const endpoint = JSON.parse(readFileSync(endpointFile, 'utf8'))
  if (endpoint.version !== version) throw new Error(`it is ${endpoint.version}, not ${version}`)
  await wait(KEEPS_RUNNING_MS)
  if (end !== undefined) throw new Error(end)
  const status = await ask(`${endpoint.issuer}/v1/health`)
  if (status !== 200) throw new Error(`its health check returned ${status}`)
  await stop()
  console.log(`${path.basename(program)} ${version} served at ${endpoint.issuer}.`)
} catch (error) {
  const files = readdirSync(home, { recursive: true }).join('\n  ')
  console.error(`${program}: ${error instanceof Error ? error.message : error}`)
  console.error(`It printed:\n${printed}\nIt wrote:\n  ${files}`)
  process.exitCode = 1
} finally {
  child.kill('SIGKILL')
  // On Windows its files can stay locked for a moment after it has exited.
  rmSync(home, { recursive: true, force: true, maxRetries: 50 })
}

/**
 * @param {() => boolean} isSo
 * @param {number} limitMs
 * @param {string} otherwise
 */
async function until(isSo, limitMs, otherwise) {
  for (let waited = 0; !isSo(); waited += EVERY_MS) {
    if (end !== undefined) throw new Error(end)
    if (waited >= limitMs) throw new Error(otherwise)
    await wait(EVERY_MS)
  }
}

/**
 * The status of the response.
 * @param {string} url
 */
async function ask(url) {
  const [answer] = await once(get(url), 'response')
  answer.resume()
  return answer.statusCode
}

/** An orderly stop where a signal can ask for it; on Windows it is only terminated. */
async function stop() {
  const ended = once(child, 'exit', { signal: AbortSignal.timeout(STOP_MS) })
  child.kill('SIGTERM')
  const [code] = await ended
  if (process.platform === 'win32') return
  if (code !== 0) throw new Error(`it exited with ${code} when it was asked to stop`)
  if (existsSync(endpointFile)) throw new Error('it left endpoint.json behind')
}
