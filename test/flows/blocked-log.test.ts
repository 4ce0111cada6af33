import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { openFullPipe } from '../helpers/full-pipe.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { describeWith, linuxProc } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'
import { startGiantswarmSimulator } from '../simulators/giantswarm-simulator.ts'
import { install } from './real-agent.ts'

const CLI = path.resolve(import.meta.dirname, '../../out/cli/tokentray.cjs')

const openFullDisk = () => {
  const output = openSync('/dev/full', 'w')
  return { output, close: () => closeSync(output) }
}

describeWith([linuxProc], 'an agent whose output goes to', () => {
  it.each([
    ['a full disk', openFullDisk],
    ['a pipe that is no longer read', openFullPipe],
  ])(
    '%s keeps running, and later revokes what it could not revoke at once',
    async (_, openOutput) => {
      const password = markedSecret('stuck-log')
      const clusters = await startGiantswarmSimulator({
        accounts: [{ email: 'bob@example.com', password }],
        onToken: registerSecret,
      })
      const installation = install()
      const { output, close } = openOutput()
      const agent = spawn(process.execPath, [CLI, 'serve', '--memory'], {
        env: installation.env,
        stdio: ['ignore', output, output],
      })
      const ended = once(agent, 'exit')
      const status = async () => (await installation.cli(['status'])).code
      await eventually(status).toBe(0)

      const form = ['--set', `url=${clusters.url}`, '--set', 'email=bob@example.com']
      clusters.faults.next(1, { kind: 'status', status: 500 }, ({ method }) => method === 'DELETE')
      await installation.mustDo(['login', 'giantswarm', '--name', 'work', ...form], `${password}\n`)
      await eventually(() => clusters.aliveTokens()).toEqual([])
      expect(await status()).toBe(0)

      agent.kill('SIGTERM')
      const [, signal] = await ended
      expect(signal).toBeNull()
      expect(clusters.aliveTokens()).toEqual([])
      close()
      await clusters.close()
    },
  )
})
