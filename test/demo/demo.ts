import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startGiantswarmSimulator } from '../simulators/giantswarm-simulator.ts'
import { startSftpgoSimulator } from '../simulators/sftpgo-simulator.ts'
import { startAgent } from './agent-process.ts'
import { commands } from './commands.ts'

/*
 * Tokentray with simulated services: the real agent and command line in a temporary home, with a
 * memory vault and a port of their own. Nothing of the person's is read or changed.
 */

const CLI = path.resolve(import.meta.dirname, '../cli/tokentray.cjs')

const home = mkdtempSync(path.join(tmpdir(), 'tokentray-demo-'))
const password = randomBytes(12).toString('base64url')
const files = await startSftpgoSimulator({ accounts: [{ username: 'demo', password }] })
const clusters = await startGiantswarmSimulator({
  accounts: [{ email: 'demo@example.com', password }],
})
const agent = startAgent(CLI, home)
let code = 0
try {
  const issuer = await agent.ready
  await agent.tokentray(
    ['login', 'sftpgo', '--name', 'demo', '--set', `url=${files.url}`, '--set', 'username=demo'],
    `${password}\n`,
  )
  await agent.tokentray(
    [
      ...['login', 'giantswarm', '--name', 'demo', '--set', `url=${clusters.url}`],
      ...['--set', 'email=demo@example.com'],
    ],
    `${password}\n`,
  )
  const config = path.join(home, 'demo-tool.curl')
  await agent.tokentray(
    [
      ...['clients', 'add', 'demo-tool', '--accounts', 'sftpgo/demo,giantswarm/demo'],
      ...['--curl-config', config],
    ],
    '',
  )
  console.log(
    commands({ issuer, config, home, cli: CLI, files: files.url, clusters: clusters.url }),
  )
  await agent.toldToStop
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  code = 1
} finally {
  await agent.stop()
  const alive = files.aliveTokens().length + clusters.aliveTokens().length
  console.log(`The demo is over; ${alive} tokens are still accepted by the simulated services.`)
  await files.close()
  await clusters.close()
  rmSync(home, { recursive: true, force: true })
}
process.exit(code)
