import { afterAll, beforeAll, expect, it } from 'vitest'
import { type KeyRing, startKeyRing } from '../helpers/key-ring.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { curl as curlProgram, describeWith, secretService } from '../helpers/needs.ts'
import { type SftpgoServer, type SftpgoSetUp, sftpgoServers } from '../real/sftpgo-servers.ts'
import { addTool, curl, type Installation, install, type Serving, type Tool } from './real-agent.ts'

const INCREMENT_MS = 15 * 60_000

for (const [name, start] of Object.entries(sftpgoServers)) {
  describeWith([secretService, curlProgram], `${name} that has banned this computer`, () => {
    isLeftAlone(start)
  })
}

function isLeftAlone(start: (setUp: SftpgoSetUp) => Promise<SftpgoServer>): void {
  let ring: KeyRing
  let files: SftpgoServer
  let installation: Installation
  let serving: Serving
  let tool: Tool
  const password = markedSecret('ban')
  const users = ['ann', 'ben', 'cem', 'dana']
  const accounts = [...users.map((user) => `sftpgo/${user}`), 'sftpgo/root']

  beforeAll(async () => {
    ring = await startKeyRing()
    files = await start({
      accounts: [
        ...users.map((username) => ({ username, password })),
        { username: 'root', password, role: 'admin', allowApiKeyAuth: true },
      ],
      defender: {},
    })
    installation = install(ring.env)
    serving = installation.serve()
    await serving.says(/^passwords: in the keychain$/)
    for (const user of [...users, 'root']) {
      const more = user === 'root' ? ['role=admin', 'leaseBy=api_key'] : []
      const settings = [`url=${files.url}`, `username=${user}`, ...more].flatMap((each) => [
        '--set',
        each,
      ])
      await installation.mustDo(['login', 'sftpgo', '--name', user, ...settings], `${password}\n`)
    }
    tool = await addTool(installation, 'poller', accounts)
  })

  afterAll(async () => {
    await serving?.stop()
    await Promise.all([ring?.close(), files?.close()])
  })

  /** The tool asks for a token of each account, as a polling tool does. */
  const poll = async () => {
    const issuer = await serving.issuer()
    const answers = accounts.map((account) => {
      const form = ['-d', 'grant_type=client_credentials', '-d', `audience=${account}`]
      return curl(['-K', tool.config, ...form, `${issuer}/oauth/token`])
    })
    const got = await Promise.all(answers)
    for (const { status, body } of got) {
      if (status === 200) registerSecret(String(JSON.parse(body).access_token))
    }
    return got
  }

  /** A good response from the server counts for a few seconds. */
  const untilQuiet = () => new Promise((resolve) => setTimeout(resolve, 6_000))

  /** Something else on this network gets it banned. */
  const getBanned = async () => {
    const authorization = `Basic ${Buffer.from('nobody:wrong').toString('base64')}`
    while ((await files.bannedUntil()) === 0) {
      await fetch(`${files.url}/api/v2/user/token`, { headers: { authorization } })
    }
  }

  it('is sent one request and none after it: not by tools, revocations, a quit or a start', async () => {
    for (const { status } of await poll()) expect(status).toBe(200)
    expect(await files.keyCount()).toBe(1)
    await getBanned()
    await untilQuiet()
    // Each request extends the ban, so its end tells how many there were.
    const before = await files.bannedUntil()
    const sent = async () => ((await files.bannedUntil()) - before) / INCREMENT_MS

    // Five tokens are due for revocation at the same moment: one of them discovers the ban.
    const ending = await installation.cli(['revoke', '--all'])
    expect(ending.code).toBe(9)
    expect(ending.stdout).toMatch(
      /has blocked .* Tokentray leaves it alone until about (\S+ )?\d\d:\d\d\./,
    )
    expect(await sent()).toBe(1)
    const rotating = await installation.cli(['rotate', 'sftpgo/ann'])
    expect(rotating.code).toBe(8)
    expect(rotating.stderr).toMatch(
      /127\.0\.0\.1:\d+ has blocked .* does not say for how long\. .* until about (\S+ )?\d\d:\d\d\./,
    )
    expect(rotating.stderr).toMatch(/--try-now" tries once now\. Try again in \d+ min\./)
    expect(rotating.stderr).toContain('tokentray token sftpgo/ann --try-now')
    await poll()
    const refused = await poll()
    for (const { status, body } of refused) {
      expect(status).toBe(429)
      expect(JSON.parse(body)).toMatchObject({ error: 'rate_limited' })
    }
    // Without a password on standard input, which must not be read here.
    const again = await installation.cli(['login', 'sftpgo/ann'])
    expect(again.stderr).toContain('tokentray login sftpgo/ann --try-now')
    const other = await installation.cli([
      ...['login', 'sftpgo', '--set', `url=${files.url}`, '--set', 'username=ann'],
    ])
    expect(other.stderr).toContain('tokentray login sftpgo --try-now')
    const status = JSON.parse(await installation.mustDo(['status', '--json']))
    expect(status.silent_hosts).toEqual([
      expect.objectContaining({ host: new URL(files.url).host, message: expect.any(String) }),
    ])
    expect(await installation.mustDo(['status'])).toMatch(/has blocked .* until/)
    expect(await installation.mustDo(['accounts', 'show', 'sftpgo/ben'])).toMatch(/has blocked/)

    expect(await serving.stop()).toBe(0)
    serving = installation.serve()
    await serving.says(/^passwords: in the keychain$/)
    await poll()
    expect(await installation.mustDo(['status'])).toMatch(/has blocked .* until/)
    expect(await sent()).toBe(1)
  })

  it('is tried once when the user asks for it, and as usual once the ban is over', async () => {
    const before = await files.bannedUntil()
    const tried = await installation.cli(['token', 'sftpgo/ben', '--try-now'])
    expect(tried.code).toBe(8)
    expect(tried.stderr).toMatch(/Trying sooner may make it longer\. Try again in \d+ (min|h)\.$/m)
    // A user who has just tried is not advised to try again.
    expect(tried.stderr).not.toContain('--try-now')
    await poll()
    expect(await files.bannedUntil()).toBe(before + INCREMENT_MS)

    await files.liftBan()
    registerSecret(await installation.mustDo(['token', 'sftpgo/ben', '--try-now']))
    for (const { status } of await poll()) expect(status).toBe(200)
    expect(await installation.mustDo(['status'])).not.toMatch(/has blocked/)
  })
}
