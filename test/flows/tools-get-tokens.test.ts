import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type KeyRing, startKeyRing } from '../helpers/key-ring.ts'
import { findLeaks, markedSecret, readRegister, registerSecret } from '../helpers/marks.ts'
import { curl as curlProgram, describeWith, linuxProc, secretService } from '../helpers/needs.ts'
import { watchProcessList } from '../helpers/process-list.ts'
import { startGiantswarmSimulator } from '../simulators/giantswarm-simulator.ts'
import { startSftpgoSimulator } from '../simulators/sftpgo-simulator.ts'
import {
  addTool,
  CLI,
  curl,
  type Installation,
  install,
  runShell,
  type Serving,
  type Tool,
} from './real-agent.ts'

describeWith(
  [secretService, curlProgram, linuxProc],
  'from an empty home to tokens and back',
  () => {
    let ring: KeyRing
    let installation: Installation
    let serving: Serving
    let issuer: string
    let endWatch: () => readonly string[]
    const passwords = { alice: markedSecret('alice'), bob: markedSecret('bob') }
    let files: Awaited<ReturnType<typeof startSftpgoSimulator>>
    let clusters: Awaited<ReturnType<typeof startGiantswarmSimulator>>

    beforeAll(async () => {
      endWatch = watchProcessList()
      ring = await startKeyRing()
      files = await startSftpgoSimulator({
        accounts: [{ username: 'alice', password: passwords.alice }],
        onToken: registerSecret,
      })
      clusters = await startGiantswarmSimulator({
        accounts: [{ email: 'bob@example.com', password: passwords.bob }],
        onToken: registerSecret,
      })
      installation = install(ring.env)
      serving = installation.serve()
      issuer = await serving.issuer()
      await serving.says(/^passwords: in the keychain$/)
    })

    afterAll(async () => {
      await serving.stop()
      await Promise.all([ring.close(), files.close(), clusters.close()])
    })

    // It prints secrets to one stream, and what they belong to, to the other.
    const keychain = () => {
      const { stdout, stderr } = spawnSync(
        'secret-tool',
        ['search', '--all', '--unlock', 'service', 'Tokentray'],
        { env: { ...process.env, ...ring.env }, encoding: 'utf8' },
      )
      return `${stdout}${stderr}`
    }

    const fetchToken = async (tool: Tool, account: string) => {
      const form = ['-d', 'grant_type=client_credentials', '-d', `audience=${account}`]
      const answer = await curl(['-K', tool.config, ...form, `${issuer}/oauth/token`])
      expect(answer.status).toBe(200)
      return JSON.parse(answer.body) as Record<string, unknown> & {
        access_token: string
        headers: Record<string, string>
      }
    }

    const use = (url: string, headers: Readonly<Record<string, string>>) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
      return curl(['-H', '@-', url], { input: lines.join('\n') })
    }

    const revoke = async (tool: Tool, token: string) => {
      const answer = await curl(
        ['-K', tool.config, '--data-binary', '@-', `${issuer}/oauth/revoke`],
        {
          input: `token=${encodeURIComponent(token)}`,
        },
      )
      return JSON.parse(answer.body) as { leases: { at_service: string }[] }
    }

    it('serves curl and openid-client on SFTPGo, and the token is invalid after both have revoked it', async () => {
      await installation.mustDo(
        [
          'login',
          'sftpgo',
          '--name',
          'work',
          '--set',
          `url=${files.url}`,
          '--set',
          'username=alice',
        ],
        `${passwords.alice}\n`,
      )
      const shell = await addTool(installation, 'shell', ['sftpgo/work'])
      const library = await addTool(installation, 'library', ['sftpgo/work'])
      const profile = `${files.url}/api/v2/user/profile`

      const answer = await fetchToken(shell, 'sftpgo/work')
      expect(answer).toMatchObject({ token_type: 'Bearer', account: 'sftpgo/work' })
      expect(answer['expires_in']).toBeGreaterThan(800)
      expect(answer['expires_in']).toBeLessThanOrEqual(900)
      expect((await use(profile, answer.headers)).status).toBe(200)

      const config = await oidc.discovery(
        new URL(issuer),
        library.id,
        undefined,
        oidc.ClientSecretBasic(library.secret),
        { algorithm: 'oauth2', execute: [oidc.allowInsecureRequests] },
      )
      const granted = await oidc.clientCredentialsGrant(config, { audience: 'sftpgo/work' })
      expect(granted.access_token).toBe(answer.access_token)
      const used = await oidc.fetchProtectedResource(
        config,
        granted.access_token,
        new URL(profile),
        'GET',
      )
      expect(used.status).toBe(200)
      expect(files.counts.logins).toBe(1)

      expect((await revoke(shell, answer.access_token)).leases).toMatchObject([
        { at_service: 'shared' },
      ])
      expect((await use(profile, answer.headers)).status).toBe(200)
      await oidc.tokenRevocation(config, granted.access_token)
      expect((await use(profile, answer.headers)).status).toBe(401)
      expect(files.aliveTokens()).toEqual([])
    })

    it('serves curl on Giant Swarm, with a separate login per lease, deleted when the lease is closed', async () => {
      await installation.mustDo(
        [
          ...['login', 'giantswarm', '--name', 'cluster', '--set', `url=${clusters.url}`],
          ...['--set', 'email=bob@example.com'],
        ],
        `${passwords.bob}\n`,
      )
      const first = await addTool(installation, 'first', ['giantswarm/cluster'])
      const second = await addTool(installation, 'second', ['giantswarm/cluster'])
      const user = `${clusters.url}/v4/user/`

      const one = await fetchToken(first, 'giantswarm/cluster')
      const two = await fetchToken(second, 'giantswarm/cluster')
      expect(one).toMatchObject({ token_type: 'giantswarm' })
      expect(one.access_token).not.toBe(two.access_token)
      expect((await use(user, one.headers)).status).toBe(200)

      expect((await revoke(first, one.access_token)).leases).toMatchObject([
        { at_service: 'ended' },
      ])
      expect((await use(user, one.headers)).status).toBe(401)
      expect((await use(user, two.headers)).status).toBe(200)
      expect((await revoke(second, two.access_token)).leases).toMatchObject([
        { at_service: 'ended' },
      ])
      expect(clusters.aliveTokens()).toEqual([])
    })

    it('works as the README says, line by line; requests to this machine bypass every proxy', async () => {
      let proxied = 0
      const proxy = createServer((socket) => {
        proxied += 1
        socket.destroy()
      })
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
      const address = proxy.address()
      const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
      const config = path.join(installation.home, '..', '..', 'backup.curl')
      const readme = readFileSync(path.resolve(import.meta.dirname, '../../README.md'), 'utf8')
      const lines = [...readme.matchAll(/```sh\n(.*?)```/gs)]
        .flatMap(([, block]) => block?.split('\n') ?? [])
        .filter((line) => /^(tokentray (token|header|tools)|curl) /.test(line))
      expect(lines).toHaveLength(4)
      for (const line of lines) {
        const ready = line
          .replaceAll('sftpgo/alice', 'sftpgo/work')
          .replaceAll('~/backup.curl', config)
          .replace('https://files.example.com', files.url)
          .replace('http://127.0.0.1:PORT', issuer)
        const script = `tokentray() { "${process.execPath}" "${CLI}" "$@"; }; ${ready}`
        // A remote host is reached the way the login reached it.
        const isFar = line.includes('https://files.example.com')
        const proxies = isFar ? {} : { http_proxy: url, https_proxy: url, all_proxy: url }
        const shell = await runShell(script, { ...installation.env, ...proxies })
        expect(shell.stderr).toBe('')
        expect(shell.code).toBe(0)
        if (line.startsWith('tokentray tools')) {
          // It prints the next command.
          const printed = /^\s*(curl .*)$/m.exec(shell.stdout)?.[1] ?? 'false'
          const tried = await runShell(printed, { ...installation.env, ...proxies })
          expect(JSON.parse(tried.stdout)).toMatchObject({ account: 'sftpgo/work' })
        } else if (line.includes('curl ')) {
          expect(JSON.parse(shell.stdout)).toMatchObject(
            line.startsWith('curl') ? { account: 'sftpgo/work' } : { allow_api_key_auth: false },
          )
        }
      }
      registerSecret(/user = "[^:]+:([^"]+)"/.exec(readFileSync(config, 'utf8'))?.[1] ?? '')
      proxy.close()
      expect(proxied).toBe(0)
      await installation.mustDo(['tools', 'remove', 'backup'])
    })

    it('leaves nothing of an account in the keychain after logging out', async () => {
      const credentials = () => keychain().match(/^attribute\.account = credential.*$/gm) ?? []
      expect(credentials()).toHaveLength(2)
      await installation.mustDo(['logout', 'sftpgo/work'])
      await installation.mustDo(['logout', 'giantswarm/cluster'])
      expect(credentials()).toEqual([])
      expect(keychain()).not.toMatch(/alice|bob|sftpgo|giantswarm/)
      const accounts = await installation.mustDo(['accounts'])
      expect(accounts).toMatch(/sftpgo\/work.*logged out/i)
    })

    it('shows no secret in the process list meanwhile', () => {
      const seen = endWatch()
      expect(seen.some((line) => line.includes('tools add'))).toBe(true)
      expect(seen.some((line) => /^curl .*-K/s.test(line))).toBe(true)
      expect(seen.flatMap((line) => findLeaks(line, readRegister()))).toEqual([])
    })
  },
)
