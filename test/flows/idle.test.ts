import { afterAll, expect, it, vi } from 'vitest'
import { START_OVER_MS, watchTimers } from '../helpers/armed-timers.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { describeWith, linuxProc } from '../helpers/needs.ts'
import { eventually, patience } from '../helpers/waiting.ts'
import { startSftpgoSimulator } from '../simulators/sftpgo-simulator.ts'
import { install } from './real-agent.ts'

const MINUTE_MS = 60_000

describeWith([linuxProc], 'an idle agent', () => {
  vi.setConfig({ testTimeout: patience(3 * START_OVER_MS) })
  const timers = watchTimers()
  const installation = install(timers.env)
  const serving = installation.serve(['--memory'])
  const password = markedSecret('idle')
  afterAll(() => serving.stop())
  const shortest = () => timers.shortest(serving.pid)

  it('wakes up once a minute, and twice more while a token is active', async () => {
    await serving.says(/^passwords: in memory$/)
    expect(await installation.mustDo(['status'])).toMatch(/^accounts: +0$/m)
    await eventually(shortest, START_OVER_MS).toBeGreaterThanOrEqual(MINUTE_MS)
    const files = await startSftpgoSimulator({
      accounts: [{ username: 'alice', password }],
      onToken: registerSecret,
    })
    try {
      await installation.mustDo(
        ['login', 'sftpgo', '--name', 'a', '--set', `url=${files.url}`, '--set', 'username=alice'],
        `${password}\n`,
      )
      await installation.mustDo(['token', 'sftpgo/a'])
      await eventually(shortest, START_OVER_MS).toBe(MINUTE_MS / 2)
    } finally {
      await files.close()
    }
  })
})
