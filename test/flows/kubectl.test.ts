import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { findKubectl } from '../clients/new-programs.ts'
import { describeWith, linuxProc } from '../helpers/needs.ts'
import { watchProcessList } from '../helpers/process-list.ts'
import { Authority, openssl } from '../providers/http/certificates.ts'
import { ACCOUNT, type HelperScene, startHelperScene } from './helper-scene.ts'

const NAMESPACES = {
  kind: 'NamespaceList',
  apiVersion: 'v1',
  metadata: {},
  items: [{ kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'from-the-server' } }],
}

describeWith([linuxProc, openssl], 'the built plugin for kubectl', () => {
  let scene: HelperScene
  let server: Server
  /** The values of `Authorization` that came in. */
  const sent: (string | undefined)[] = []
  let config: string

  /** Asks the server for its namespaces. */
  const ask = () =>
    scene.run('kubectl', '--kubeconfig', config, 'get', '--raw', '/api/v1/namespaces')

  beforeAll(async () => {
    scene = await startHelperScene('kubectl')
    const authority = new Authority()
    server = createServer(authority.issue('IP:127.0.0.1'), ({ headers }, response) => {
      sent.push(headers.authorization)
      const isIn = scene.valid.has(headers.authorization?.replace(/^Bearer /, '') ?? '')
      response.setHeader('content-type', 'application/json')
      const refusal = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 401 }
      response.writeHead(isIn ? 200 : 401)
      response.end(JSON.stringify(isIn ? NAMESPACES : { ...refusal, reason: 'Unauthorized' }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const ca = readFileSync(authority.file).toString('base64')
    const users = (await scene.run('tokentray', 'credential', 'kubernetes', 'alice', '--config'))
      .stdout
    config = path.join(scene.folder, 'kubeconfig')
    writeFileSync(
      config,
      `apiVersion: v1
kind: Config
clusters:
- name: test
  cluster: { server: "https://127.0.0.1:${port}", certificate-authority-data: "${ca}" }
contexts:
- name: test
  context: { cluster: test, user: "${ACCOUNT}" }
current-context: test
${users}`,
    )
  })
  beforeEach(() => {
    sent.length = 0
  })
  afterAll(async () => {
    server?.closeAllConnections()
    server?.close()
    await scene?.close()
  })

  it('prints a token and when it ends', async () => {
    const { code, stdout } = await scene.run('tokentray', 'credential', 'kubernetes', ACCOUNT)
    const { kind, status } = JSON.parse(stdout)
    expect({ code, kind }).toEqual({ code: 0, kind: 'ExecCredential' })
    expect([...scene.valid]).toContain(status.token)
    expect(Date.parse(status.expirationTimestamp)).toBeGreaterThan(Date.now())
  })

  if (findKubectl()) {
    it('sends the token, which is in the arguments and the environment of no process', async () => {
      const stop = watchProcessList()
      const { code, stdout, stderr } = await ask()
      const seen = stop().join('\n')
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(JSON.parse(stdout)).toEqual(NAMESPACES)
      // Some kubectl first ask for the version.
      expect(new Set(sent)).toEqual(new Set([`Bearer ${[...scene.valid].at(-1)}`]))
      expect([...scene.valid].filter((token) => seen.includes(token))).toEqual([])
    })

    it('works for a user of version v1beta1', async () => {
      const before = readFileSync(config, 'utf8')
      writeFileSync(config, before.replace('k8s.io/v1\n', 'k8s.io/v1beta1\n'))
      const outcome = await ask()
      writeFileSync(config, before)
      expect(outcome).toMatchObject({ code: 0, stderr: '' })
    })

    it('says why there is no token while Tokentray is locked, and asks the server nothing', async () => {
      await scene.installation.mustDo(['lock'])
      const { code, stdout, stderr } = await ask()
      await scene.installation.mustDo(['unlock'])
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(/^tokentray: Tokentray is locked\. /m)
      expect(stderr).toContain('executable tokentray failed with exit code 7')
      expect(sent).toEqual([])
    })
  }
})
