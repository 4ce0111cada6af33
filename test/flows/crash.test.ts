import { cpSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../main/base/clock.ts'
import { LedgerFile } from '../../main/vault/ledger/ledger-file.ts'
import { type KeyRing, startKeyRing, useInThisProcess } from '../helpers/key-ring.ts'
import { openKeytarVault } from '../helpers/keychain-process.ts'
import { makeTestFolder, markedSecret, registerSecret } from '../helpers/marks.ts'
import { describeWith, secretService } from '../helpers/needs.ts'
import { eventually, patience } from '../helpers/waiting.ts'
import {
  type GiantswarmSimulator,
  startGiantswarmSimulator,
} from '../simulators/giantswarm-simulator.ts'
import { addTool, type Installation, install, type Tool } from './real-agent.ts'

const KILLS = 60
const LONGEST_MS = 250
const ACCOUNTS = ['one', 'two', 'three']

describeWith([secretService], 'a broker that is killed at any moment', () => {
  let ring: KeyRing
  let installation: Installation
  let clusters: GiantswarmSimulator
  let tools: Tool[]
  const password = markedSecret('crash')

  beforeAll(async () => {
    ring = await startKeyRing()
    useInThisProcess(ring)
    clusters = await startGiantswarmSimulator({
      accounts: ACCOUNTS.map((name) => ({ email: `${name}@example.com`, password })),
      onToken: registerSecret,
    })
    installation = install({ ...ring.env, TOKENTRAY_LOG: 'info' })
    const serving = installation.serve()
    await serving.says(/^passwords: in the keychain$/)
    for (const name of ACCOUNTS) {
      const form = ['--set', `url=${clusters.url}`, '--set', `email=${name}@example.com`]
      await installation.mustDo(['login', 'giantswarm', '--name', name, ...form], `${password}\n`)
    }
    tools = []
    for (const name of ['a', 'b', 'c']) {
      const granted = ACCOUNTS.map((account) => `giantswarm/${account}`)
      tools.push(await addTool(installation, name, granted))
    }
    await serving.stop()
  })

  afterAll(() => Promise.all([ring.close(), clusters.close()]))

  it(
    `leaves no token valid that a tool has read, after ${KILLS} kills and recoveries`,
    async () => {
      const read = new Set<string>()
      const recorded = new Set<string>()
      const survivors = new Set<string>()
      let hits = 0
      let gaps = 0
      let serving = installation.serve()
      for (let kill = 0; kill < KILLS; kill += 1) {
        await serving.says(/"recovery done"/)
        const load = startLoad(await serving.issuer(), tools, read)
        await load.begun
        await wait(Math.random() * LONGEST_MS)
        await serving.kill()
        load.stop()
        if (clusters.aliveTokens().some((token) => read.has(token))) hits += 1
        for (const token of await tokensInLedger(installation)) recorded.add(token)

        serving = installation.serve()
        await serving.says(/"recovery done"/)
        const before = survivors.size
        for (const token of clusters.aliveTokens()) survivors.add(token)
        if (survivors.size > before) gaps += 1
      }
      await serving.stop()

      const answered = new Set(clusters.answeredLogins.map(({ token }) => token))
      console.info(
        `${KILLS} kills, ${hits} with leases that a tool held; ${read.size} tokens were read; ` +
          `${gaps} kills fell between an answer of the service and the ledger, where ` +
          `${survivors.size} tokens survived`,
      )
      expect([...survivors].filter((token) => read.has(token))).toEqual([])
      expect([...survivors].filter((token) => recorded.has(token))).toEqual([])
      expect([...survivors].filter((token) => !answered.has(token))).toEqual([])
      expect(hits).toBeGreaterThanOrEqual(30)
    },
    patience(600_000),
  )

  it('knows from its record when each tool and account was last used', async () => {
    const killed = installation.serve()
    await killed.says(/"recovery done"/)
    const load = startLoad(await killed.issuer(), tools, new Set())
    const used = async (args: readonly string[], list: 'clients' | 'accounts') => {
      const answer = JSON.parse(await installation.mustDo([...args, '--json']))
      return answer[list].filter(
        (each: { last_used_at?: number }) => each.last_used_at !== undefined,
      ).length
    }
    const seeAllUsed = async () => {
      await eventually(() => used(['tools', 'list'], 'clients')).toBe(tools.length)
      await eventually(() => used(['accounts', 'list'], 'accounts')).toBe(ACCOUNTS.length)
    }
    await seeAllUsed()
    await killed.kill()
    load.stop()
    const serving = installation.serve()
    await serving.says(/"recovery done"/)
    await seeAllUsed()
    await serving.stop()
  })
})

/** Tools that fetch and revoke tokens as fast as they are served; every token they read is noted. */
function startLoad(issuer: string, tools: readonly Tool[], read: Set<string>) {
  let running = true
  let first: () => void = () => undefined
  const begun = new Promise<void>((resolve) => {
    first = resolve
  })
  const post = async (tool: Tool, route: string, form: Record<string, string>) => {
    const answer = await fetch(`${issuer}/oauth/${route}`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${tool.id}:${tool.secret}`).toString('base64')}`,
      },
      body: new URLSearchParams(form),
    })
    return (await answer.json()) as { access_token?: string }
  }
  const work = async (tool: Tool, account: string) => {
    while (running) {
      const audience = `giantswarm/${account}`
      const { access_token: token } = await post(tool, 'token', {
        grant_type: 'client_credentials',
        audience,
      })
      if (token === undefined) continue
      read.add(token)
      first()
      await wait(Math.random() * 20)
      await post(tool, 'revoke', { token })
    }
  }
  for (const tool of tools) {
    // The kill breaks the connection of each of them.
    for (const account of ACCOUNTS) void work(tool, account).catch(() => undefined)
  }
  return {
    begun,
    stop: () => {
      running = false
    },
  }
}

/** The tokens in the ledger as the kill left it, read from a copy. */
async function tokensInLedger(installation: Installation): Promise<string[]> {
  const folder = makeTestFolder('ledger-copy')
  mkdirSync(folder, { recursive: true })
  cpSync(path.join(installation.data, 'ledger'), path.join(folder, 'ledger'))
  const ledger = new LedgerFile(folder, await openKeytarVault(), systemClock)
  const { entries } = await ledger.load()
  await ledger.close()
  return entries.map((entry) => (entry['token'] as { value: string }).value)
}
