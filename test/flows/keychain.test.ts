import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type KeyRing, startKeyRing } from '../helpers/key-ring.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { curl as curlProgram, describeWith, secretService } from '../helpers/needs.ts'
import { eventually } from '../helpers/waiting.ts'
import {
  type GiantswarmSimulator,
  startGiantswarmSimulator,
} from '../simulators/giantswarm-simulator.ts'
import { type SftpgoSimulator, startSftpgoSimulator } from '../simulators/sftpgo-simulator.ts'
import { addTool, curl, type Installation, install, type Tool } from './real-agent.ts'

describeWith([secretService, curlProgram], 'a keychain that hangs or is locked', () => {
  let ring: KeyRing
  let installation: Installation
  let files: SftpgoSimulator
  let clusters: GiantswarmSimulator
  let tool: Tool
  const password = markedSecret('keychain')

  beforeEach(async () => {
    ring = await startKeyRing()
    files = await startSftpgoSimulator({
      accounts: [{ username: 'alice', password }],
      onToken: registerSecret,
    })
    clusters = await startGiantswarmSimulator({
      accounts: [{ email: 'bob@example.com', password }],
      onToken: registerSecret,
    })
    installation = install({ ...ring.env, TOKENTRAY_LOG: 'info' })
  })

  afterEach(async () => {
    ring.cont()
    await Promise.all([ring.close(), files.close(), clusters.close()])
  })

  const logInEverywhere = async () => {
    await installation.mustDo(
      ['login', 'sftpgo', '--name', 'work', '--set', `url=${files.url}`, '--set', 'username=alice'],
      `${password}\n`,
    )
    await installation.mustDo(
      [
        ...['login', 'giantswarm', '--name', 'work', '--set', `url=${clusters.url}`],
        ...['--set', 'email=bob@example.com'],
      ],
      `${password}\n`,
    )
    tool = await addTool(installation, 'tool', ['sftpgo/work', 'giantswarm/work'])
  }

  const ask = async (issuer: string, account: string, form: readonly string[] = []) => {
    const grant = ['-d', 'grant_type=client_credentials', '-d', `audience=${account}`, ...form]
    const answer = await curl(['-K', tool.config, ...grant, `${issuer}/oauth/token`])
    return { status: answer.status, body: JSON.parse(answer.body) as Record<string, string> }
  }

  const file = (name: string) => readFileSync(path.join(installation.data, name), 'utf8')
  const auditLines = () => file('audit.jsonl').trimEnd().split('\n').length

  it('keeps handing out and recording cached tokens while the Secret Service hangs', async () => {
    const serving = installation.serve()
    const issuer = await serving.issuer()
    await logInEverywhere()
    const warm = await ask(issuer, 'sftpgo/work')
    expect(warm.status).toBe(200)
    // The lock clears the memory cache, so that the next new token needs the keychain.
    await installation.mustDo(['lock'])
    await installation.mustDo(['unlock'])
    await ask(issuer, 'sftpgo/work')

    ring.stop()
    const before = auditLines()
    const cold = ask(issuer, 'giantswarm/work')
    for (let count = 0; count < 20; count += 1) {
      const again = await ask(issuer, 'sftpgo/work')
      expect(again.body['access_token']).toBe(warm.body['access_token'])
    }
    expect(auditLines()).toBeGreaterThanOrEqual(before + 20)
    expect(await cold).toMatchObject({ status: 400, body: { error: 'vault_unavailable' } })

    ring.cont()
    await eventually(async () => (await ask(issuer, 'giantswarm/work')).status).toBe(200)
    await serving.stop()
  })

  it('treats nothing as empty, and changes nothing, while the key ring is locked', async () => {
    const first = installation.serve()
    const firstIssuer = await first.issuer()
    await logInEverywhere()
    const held = await ask(firstIssuer, 'giantswarm/work')
    await first.kill()
    const before = file('ledger')

    ring.lock()
    const second = installation.serve()
    expect(await second.says(/^keychain: /)).toMatch(/locked/)
    const issuer = await second.issuer()
    expect(await ask(issuer, 'sftpgo/work')).toMatchObject({ body: { error: 'vault_locked' } })
    expect(await ask(issuer, 'giantswarm/work')).toMatchObject({ body: { error: 'vault_locked' } })
    const status = await installation.mustDo(['status'])
    expect(status).toMatch(/last run:\s+unknown until the keychain can be read/)
    const refused = await installation.cli(['logout', 'sftpgo/work'])
    expect(refused.code).toBe(7)
    expect(file('ledger')).toBe(before)
    expect(clusters.aliveTokens()).toContain(held.body['access_token'])

    await ring.unlock()
    await eventually(async () => (await ask(issuer, 'giantswarm/work')).status).toBe(200)
    await second.says(/"recovery done"/)
    expect(clusters.aliveTokens()).not.toContain(held.body['access_token'])
    await second.stop()
  })
})
