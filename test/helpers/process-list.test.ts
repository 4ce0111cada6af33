import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { describeWith, linuxProc } from './needs.ts'
import { watchProcessList } from './process-list.ts'
import { eventually } from './waiting.ts'

describeWith([linuxProc], 'what is seen of the process list', () => {
  it('has the arguments and the environment of all programs but those of other test files', async () => {
    const endWatch = watchProcessList()
    const start = (name: string, env: Record<string, string>) =>
      spawn('sleep', ['1000', `00${name}`.replace(/\D/g, '')], { env: { ...env, NAME: name } })
    const others = start('of-another-1', { VITEST_POOL_ID: 'another' })
    const ours = [
      start('of-this-2', { VITEST_POOL_ID: process.env['VITEST_POOL_ID'] ?? '' }),
      start('of-none-3', {}),
    ]
    try {
      const seen = () => endWatch().join('\n')
      await eventually(seen).toContain('NAME=of-this-2')
      await eventually(seen).toContain('NAME=of-none-3')
      expect(seen()).toContain('sleep 1000 002')
      expect(seen()).not.toMatch(/of-another-1|sleep 1000 001/)
    } finally {
      for (const child of [others, ...ours]) child.kill()
      await Promise.all([others, ...ours].map((child) => once(child, 'exit')))
    }
  })
})
