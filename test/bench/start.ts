import { mkdirSync, mkdtempSync } from 'node:fs'
import path from 'node:path'
import { startKeyRing } from '../helpers/key-ring.ts'
import { secretService } from '../helpers/needs.ts'
import { type AgentProcess, startAgent } from './agent-process.ts'
import { median } from './wrk.ts'

const ROUNDS = 5

/**
 * From the start of the process to the first token, over the real keychain: records opened, logged in
 * at the service, answered. `null` where there is no Secret Service.
 */
export async function measureStart(
  cli: string,
  folder: string,
  login: (agent: AgentProcess) => Promise<unknown>,
  fetchToken: (issuer: string, home: string) => Promise<unknown>,
): Promise<number | null> {
  if (!secretService.isThere()) return null
  process.env['TOKENTRAY_TEST_ROOT'] = folder
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const home = mkdtempSync(path.join(folder, 'start-'))
  const ring = await startKeyRing()
  try {
    const first = startAgent(cli, home, ring.env)
    await first.ready
    await login(first)
    await first.stop()
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const startedAt = performance.now()
      const agent = startAgent(cli, home, ring.env)
      await fetchToken(await agent.ready, home)
      times.push(performance.now() - startedAt)
      await agent.stop()
    }
    return median(times)
  } finally {
    await ring.close()
  }
}
