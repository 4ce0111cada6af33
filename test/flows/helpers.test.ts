import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { findNewGit } from '../clients/new-git.ts'
import { describeWith, docker, git, linuxProc } from '../helpers/needs.ts'
import { watchProcessList } from '../helpers/process-list.ts'
import { ACCOUNT, type HelperScene, startHelperScene } from './helper-scene.ts'
import type { Outcome } from './real-agent.ts'

const PREFIX = 'application/vnd.docker'
const blob = (text: string) => ({
  size: text.length,
  digest: `sha256:${createHash('sha256').update(text).digest('hex')}`,
})
const CONFIG = JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers' } })
const IMAGE = {
  schemaVersion: 2,
  mediaType: `${PREFIX}.distribution.manifest.v2+json`,
  config: { mediaType: `${PREFIX}.container.image.v1+json`, ...blob(CONFIG) },
  layers: [],
}

/** A git server and a registry for docker, which let in only holders of a valid token of the service. */
class Guarded {
  readonly valid: Set<string>
  /** The values of `Authorization` that came in. */
  readonly sent: string[] = []
  readonly #server: Server
  readonly #folder: string

  constructor(folder: string, valid: Set<string>) {
    this.#folder = folder
    this.valid = valid
    this.#server = createServer((request, response) => {
      const isBearer = request.url?.startsWith('/bearer/')
      response.setHeader('docker-distribution-api-version', 'registry/2.0')
      if (!this.#isLetIn(request)) {
        response.setHeader('www-authenticate', `${isBearer ? 'Bearer' : 'Basic'} realm="x"`)
        response.writeHead(401).end()
        return
      }
      const url = new URL(request.url ?? '/', 'http://x')
      if (url.pathname.startsWith('/v2/')) {
        const isImage = url.pathname.includes('/manifests/')
        response.setHeader('content-type', isImage ? IMAGE.mediaType : 'application/octet-stream')
        response.end(isImage ? JSON.stringify(IMAGE) : CONFIG)
        return
      }
      try {
        const file = url.pathname.replace(/^\/(basic|bearer)\//, '')
        response.end(readFileSync(path.join(this.#folder, file)))
      } catch {
        response.writeHead(404).end()
      }
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  #isLetIn({ headers, url }: IncomingMessage): boolean {
    const { authorization } = headers
    if (authorization === undefined) return false
    this.sent.push(authorization)
    const [scheme = '', value = ''] = authorization.split(' ')
    const isBearer = scheme === 'Bearer'
    if (url?.startsWith('/bearer/') !== isBearer) return false
    const [, ...password] = Buffer.from(value, 'base64').toString().split(':')
    return this.valid.has(isBearer ? value : password.join(':'))
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

describeWith([git, linuxProc], 'helpers of the built agent', () => {
  let scene: HelperScene
  let guarded: Guarded
  let host: string
  const run: HelperScene['run'] = (...command) => scene.run(...command)
  const mustDo = (args: readonly string[]) => scene.installation.mustDo(args)
  let clones = 0
  const clone = (from: string) => {
    clones += 1
    return run('git', 'clone', '-q', `http://${host}/${from}/repo.git`, `clone${clones}`)
  }
  const lastClone = () => readFileSync(path.join(scene.folder, `clone${clones}`, 'file'), 'utf8')

  beforeAll(async () => {
    scene = await startHelperScene('helpers', (home) => ({
      DOCKER_CONFIG: path.join(home, 'docker'),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
    }))
    const { folder } = scene
    mkdirSync(path.join(folder, 'docker'))
    await run('git', 'init', '-q', 'work')
    writeFileSync(path.join(folder, 'work', 'file'), 'content\n')
    const commit = ['-c', 'user.name=a', '-c', 'user.email=a@b.example', 'commit', '-qm', 'first']
    await run('git', '-C', 'work', 'add', 'file')
    await run('git', '-C', 'work', ...commit)
    await run('git', 'clone', '-q', '--bare', 'work', 'repo.git')
    await run('git', '-C', 'repo.git', 'update-server-info')

    guarded = new Guarded(folder, scene.valid)
    host = await guarded.listen()
    await mustDo(['accounts', 'set', ACCOUNT, '--for', `http://${host}`])
    await run('git', 'config', '--global', 'credential.helper', 'tokentray')
    writeFileSync(
      path.join(folder, 'docker', 'config.json'),
      JSON.stringify({ credHelpers: { [host]: 'tokentray' } }),
    )
  })
  beforeEach(() => {
    guarded.sent.length = 0
  })
  afterAll(async () => {
    guarded?.close()
    await scene?.close()
  })

  it('let git clone, and no token is in the arguments or the environment of a process', async () => {
    const stop = watchProcessList()
    expect(await clone('basic')).toEqual({ code: 0, stdout: '', stderr: '' })
    const seen = stop().join('\n')
    expect(lastClone()).toBe('content\n')
    expect([...guarded.valid].filter((token) => seen.includes(token))).toEqual([])
    expect(guarded.sent.every((value) => value.startsWith('Basic '))).toBe(true)
  })

  it('replace a token that the server refuses', async () => {
    scene.service.restart()
    guarded.valid.clear()
    expect((await clone('basic')).code).toBe(128)
    expect(await clone('basic')).toMatchObject({ code: 0 })
    expect(lastClone()).toBe('content\n')
  })

  it('stop git while Tokentray is locked, and say why', async () => {
    await mustDo(['lock'])
    const { code, stderr } = await clone('basic')
    await mustDo(['unlock'])
    expect(code).toBe(128)
    expect(stderr).toMatch(/^tokentray: Tokentray is locked\. /m)
    expect(stderr).toContain('told us to quit')
  })

  it('give git nothing for another host', async () => {
    await mustDo(['accounts', 'set', ACCOUNT, '--for', 'http://127.0.0.1:1'])
    const { code, stderr } = await clone('basic')
    await mustDo(['accounts', 'set', ACCOUNT, '--for', `http://${host}`])
    expect(code).toBe(128)
    expect(stderr).not.toContain('tokentray')
    expect(guarded.sent).toEqual([])
  })

  if (findNewGit()) {
    it('send a token as Bearer where the server wants that', async () => {
      expect(await clone('bearer')).toMatchObject({ code: 0 })
      expect(lastClone()).toBe('content\n')
      expect(guarded.sent.every((value) => value.startsWith('Bearer '))).toBe(true)
    })
  }

  describeWith([docker], 'with the command line of docker', () => {
    const inspect = () =>
      run('docker', 'manifest', 'inspect', '--insecure', `${host}/team/image:latest`)

    it('let it read a manifest from a registry', async () => {
      const { code, stdout, stderr } = await inspect()
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(JSON.parse(stdout)).toEqual(IMAGE)
      expect(guarded.sent.some((value) => value.startsWith('Basic '))).toBe(true)
    })

    it('give it nothing while Tokentray is locked', async () => {
      await mustDo(['lock'])
      const { code } = await inspect()
      await mustDo(['unlock'])
      expect(code).toBe(1)
      expect(guarded.sent).toEqual([])
    })

    it('store no password of a login', async () => {
      const { code, stdout, stderr } = await new Promise<Outcome>((resolve) => {
        const secret = [...guarded.valid].at(-1) ?? ''
        const args = ['login', '-u', 'alice', '--password-stdin', host]
        const child = execFile('docker', args, { env: scene.env }, (error, out, err) => {
          resolve({ code: error ? Number(error.code) : 0, stdout: out, stderr: err })
        })
        child.stdin?.end(secret)
      })
      expect(code).toBe(1)
      expect(stdout + stderr).toContain('Tokentray does not store passwords of docker.')
    })
  })
})
