import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { describeWith, linuxProc } from '../helpers/needs.ts'
import { listeningSockets } from '../helpers/process-list.ts'
import { patience } from '../helpers/waiting.ts'
import { type Installation, install, type Serving } from './real-agent.ts'

describeWith([linuxProc], "the agent's own process", () => {
  vi.setConfig({ testTimeout: patience(30_000) })
  let installation: Installation
  let serving: Serving

  beforeAll(async () => {
    // A port of its own: another debugger on this machine would otherwise keep this one from opening.
    installation = install({ NODE_OPTIONS: '--inspect-port=0' })
    serving = installation.serve(['--memory'])
    await serving.issuer()
  })
  afterAll(() => serving.stop())

  it('creates files for its user only', () => {
    const status = readFileSync(`/proc/${serving.pid}/status`, 'utf8')
    expect(status).toMatch(/^Umask:\s+0077$/m)
  })

  it('opens no debugger on a signal, and keeps running', async () => {
    const before = listeningSockets(serving.pid)
    expect(before).toHaveLength(1)
    process.kill(serving.pid, 'SIGUSR1')
    // It would be listening by the second response.
    for (let turn = 0; turn < 2; turn += 1) await installation.mustDo(['status'])
    expect(listeningSockets(serving.pid)).toEqual(before)
  })
})
