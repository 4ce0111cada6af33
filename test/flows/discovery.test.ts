import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeWith, linuxProc } from '../helpers/needs.ts'
import { eventually, patience } from '../helpers/waiting.ts'
import { CLI, type Installation, install, type Serving } from './real-agent.ts'

describeWith([linuxProc], 'an agent that was started in a desktop session', () => {
  let installation: Installation
  let serving: Serving
  let session: string

  beforeEach(async () => {
    session = path.join(install().home, 'session')
    mkdirSync(session, { mode: 0o700 })
    installation = install({ XDG_RUNTIME_DIR: session })
    serving = installation.serve(['--memory'])
    await serving.says(/^passwords: in memory$/)
  })
  afterEach(() => serving.kill())

  /** Runs the command line with exactly this environment. */
  async function runWith(args: readonly string[], env: NodeJS.ProcessEnv) {
    const bare = { PATH: process.env['PATH'], HOME: installation.home, ...env }
    const child = spawn(process.execPath, [CLI, ...args], { env: bare })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        // If one starts that should not, its output shows it, and it is stopped.
        if (text.includes('serves http')) child.kill('SIGKILL')
      })
    }
    const [code] = await once(child, 'close')
    return { code, text }
  }
  const status = async (env: NodeJS.ProcessEnv = {}) => (await runWith(['status'], env)).code
  const owner = () => readFileSync(path.join(session, 'tokentray', 'owner.key'), 'utf8')

  describe('is found', () => {
    it('from cron, su and other programs that know only the home directory', async () => {
      expect(await status()).toBe(0)
      expect(await status({ XDG_RUNTIME_DIR: path.join(installation.home, 'snap') })).toBe(0)
    })

    it('by a second agent with other folders, which does not start', async () => {
      const env = { XDG_RUNTIME_DIR: session, XDG_STATE_HOME: path.join(installation.home, 's') }
      expect(await status(env)).toBe(0)
      const { code, text } = await runWith(['serve', '--memory'], env)
      expect(text).toContain(`Tokentray is already running (process ${serving.pid}).`)
      expect(code).toBe(3)
      expect(await status(env)).toBe(0)
    })
  })

  it(
    'restores its discovery files with the same key, and removes them when it stops',
    async () => {
      const key = owner()
      for (const name of readdirSync(path.join(session, 'tokentray'))) {
        rmSync(path.join(session, 'tokentray', name), { recursive: true })
      }
      await eventually(() => status(), 30_000, 500).toBe(0)
      expect(owner()).toBe(key)

      // As a logout does; the file left there prevents the folder from being created again.
      rmSync(session, { recursive: true })
      writeFileSync(session, '')
      await eventually(() => status({ XDG_RUNTIME_DIR: session }), 30_000, 500).toBe(0)
      expect((await runWith(['lock'], {})).code).toBe(0)
      expect(await serving.stop()).toBe(0)
      expect(existsSync(path.join(installation.data, 'run', 'owner.key'))).toBe(false)
      expect(existsSync(path.join(installation.data, 'run', 'endpoint.json'))).toBe(false)
    },
    patience(120_000),
  )

  it(
    'stops when another agent has taken over, and leaves that one alone',
    async () => {
      process.kill(serving.pid, 'SIGSTOP')
      rmSync(path.join(session, 'tokentray'), { recursive: true })
      for (const name of readdirSync(installation.data)) {
        if (name.startsWith('broker.lock')) rmSync(path.join(installation.data, name))
      }
      const other = installation.serve(['--memory'])
      try {
        await other.says(/^passwords: in memory$/)
        const theirs = owner()
        process.kill(serving.pid, 'SIGCONT')
        await serving.says(/^Another Tokentray has taken over/)
        expect(await serving.exited).toBe(0)
        expect(owner()).toBe(theirs)
        expect(await status()).toBe(0)
        expect(await other.stop()).toBe(0)
      } finally {
        await other.kill()
      }
    },
    patience(60_000),
  )
})
