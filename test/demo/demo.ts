import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startFiveServices } from '../simulators/five-services.ts'
import { startAgent } from './agent-process.ts'
import { commands } from './commands.ts'

/*
 * Tokentray with simulated services: the real agent and command line in a temporary home, with a
 * memory vault and a port of their own. No data of the user is read or changed.
 */

const CLI = path.resolve(import.meta.dirname, '../cli/tokentray.cjs')

const home = mkdtempSync(path.join(tmpdir(), 'tokentray-demo-'))
const services = await startFiveServices()
const agent = startAgent(CLI, home)
let code = 0
try {
  const issuer = await agent.ready
  for (const { provider, values, secrets } of services.forms) {
    const settings = Object.entries(values).flatMap(([name, value]) => [
      '--set',
      `${name}=${value}`,
    ])
    const lines = Object.values(secrets).map((secret) => `${secret}\n`)
    await agent.tokentray(['login', provider, '--name', 'demo', ...settings], lines.join(''))
  }
  const config = path.join(home, 'demo-tool.curl')
  const accounts = services.forms.map(({ provider }) => `${provider}/demo`)
  await agent.tokentray(
    ['tools', 'add', 'demo-tool', '--accounts', accounts.join(','), '--curl-config', config],
    '',
  )
  const { sftpgo, giantswarm, glowmarkt, koyeb, svix } = services
  console.log(
    commands({
      ...{ issuer, config, home, cli: CLI, forms: services.forms },
      useful: [
        { provider: 'sftpgo', url: `${sftpgo.url}/api/v2/user/profile` },
        { provider: 'giantswarm', url: `${giantswarm.url}/v4/user/` },
        { provider: 'glowmarkt', url: `${glowmarkt.apiUrl}/virtualentity` },
        { provider: 'koyeb', url: `${koyeb.url}/v1/apps` },
        { provider: 'svix', url: `${svix.url}/api/v1/app/app_demo` },
      ],
    }),
  )
  await agent.toldToStop
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  code = 1
} finally {
  await agent.stop()
  const { koyeb, ...others } = services.all
  const alive = Object.values(others).flatMap((service) => service.aliveTokens()).length
  console.log(`The demo is over; ${alive} tokens that can be revoked are still accepted.`)
  const unrevoked = koyeb.aliveTokens().length
  if (unrevoked > 0) console.log(`Koyeb accepts ${unrevoked} that cannot, until they expire.`)
  await services.close()
  rmSync(home, { recursive: true, force: true })
}
process.exit(code)
