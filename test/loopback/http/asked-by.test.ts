import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { describeWith, linuxProc } from '../../helpers/needs.ts'

const run = promisify(execFile)
const ACCOUNT = 'giantswarm/told'
/** Asks the endpoint for a token, as a tool in a process of its own. */
const TOOL = `
const [issuer, id, secret, audience] = process.env.ASK.split(' ')
const body = new URLSearchParams({ grant_type: 'client_credentials', audience })
const authorization = 'Basic ' + Buffer.from(id + ':' + secret).toString('base64')
fetch(issuer + '/oauth/token', { method: 'POST', body, headers: { authorization } })
  .then((answer) => { if (answer.status !== 200) process.exit(1) })
`

describeWith([linuxProc], 'the command line of the caller', () => {
  let endpoint: TestLoopback

  beforeEach(async () => {
    endpoint = await makeLoopback()
    const provider = endpoint.broker.providers.find(({ id }) => id === 'giantswarm')
    if (!provider) throw new Error('There is no such provider.')
    await endpoint.broker.logins.add({
      ...{ provider, name: 'told' },
      values: {
        ...{ url: endpoint.giantswarm.url, email: 'bob@example.com' },
        ...{ sendCommandLine: 'yes', allowPlainHttp: 'yes' },
      },
      secrets: { password: new Secret(endpoint.passwords.bob) },
    })
  })
  afterEach(() => endpoint.close())

  const told = () => endpoint.giantswarm.requests.at(-1)?.headers['x-giant-swarm-cmdline']

  it('is that of the tool that asked, with secrets masked', async () => {
    const { id, secret } = endpoint.addClient('deploy', ACCOUNT)
    const password = markedSecret('argument')
    await run(process.execPath, ['-e', TOOL, 'release', `--password=${password}`, '--dry-run'], {
      env: { ASK: [endpoint.issuer, id, secret, ACCOUNT].join(' ') },
    })
    expect(told()).toMatch(/node/)
    expect(told()).toMatch(/ release --password=\*\*\* --dry-run$/)
  })

  it('is that of Tokentray if no connection made the request', async () => {
    const account = endpoint.broker.accounts.get(ACCOUNT)
    await endpoint.broker.issue({ client: cliClient, account, route: 'test' })
    expect(told()).toBe('tokentray serve')
  })
})
