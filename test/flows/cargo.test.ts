import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { homedir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { findCargo } from '../clients/new-programs.ts'
import { describeWith, linuxProc } from '../helpers/needs.ts'
import { watchProcessList } from '../helpers/process-list.ts'
import { ACCOUNT, type HelperScene, startHelperScene } from './helper-scene.ts'

const INDEX_LINE = { name: 'guarded', vers: '1.0.0', deps: [], features: {}, yanked: false }
const PACKAGE = (name: string) => `[package]\nname = "${name}"\nversion = "1.0.0"\n`

describeWith([linuxProc], 'the built credential provider for cargo', () => {
  let scene: HelperScene
  let server: Server
  let host: string
  /** The values of `Authorization` that came in. */
  const sent: (string | undefined)[] = []

  const inProject = path.join('project', 'Cargo.toml')
  /** Fetches the crate, as a new machine does. */
  const fetchCrate = () => {
    const home = path.join(scene.folder, 'cargo')
    return scene.run(
      'sh',
      '-c',
      `rm -rf '${home}/registry' project/Cargo.lock && cargo fetch --manifest-path ${inProject}`,
    )
  }

  beforeAll(async () => {
    scene = await startHelperScene('cargo', (folder) => ({
      CARGO_HOME: path.join(folder, 'cargo'),
      RUSTUP_HOME: process.env['RUSTUP_HOME'] ?? path.join(homedir(), '.rustup'),
      CARGO_TERM_COLOR: 'never',
    }))
    const at = (...parts: string[]) => path.join(scene.folder, ...parts)
    for (const each of ['cargo', 'project/src', 'guarded-1.0.0/src']) {
      mkdirSync(at(each), { recursive: true })
    }
    writeFileSync(at('guarded-1.0.0/Cargo.toml'), PACKAGE('guarded'))
    writeFileSync(at('guarded-1.0.0/src/lib.rs'), '')
    await scene.run('tar', '-czf', 'guarded.crate', 'guarded-1.0.0')
    const crate = readFileSync(at('guarded.crate'))
    const cksum = createHash('sha256').update(crate).digest('hex')

    server = createServer(({ url = '', headers }, response) => {
      sent.push(headers.authorization)
      if (!scene.valid.has(headers.authorization?.replace(/^Bearer /, '') ?? '')) {
        response.writeHead(401, { 'www-authenticate': 'Cargo login_url="http://x.example"' }).end()
        return
      }
      const files: Readonly<Record<string, string | Buffer>> = {
        '/index/config.json': JSON.stringify({ dl: `http://${host}/dl`, 'auth-required': true }),
        '/index/gu/ar/guarded': `${JSON.stringify({ ...INDEX_LINE, cksum })}\n`,
        '/dl/guarded/1.0.0/download': crate,
      }
      response.writeHead(url in files ? 200 : 404).end(files[url])
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`

    writeFileSync(
      at('cargo/config.toml'),
      `[registries.local]
index = "sparse+http://${host}/index/"
credential-provider = "cargo-credential-tokentray"
`,
    )
    writeFileSync(
      at(inProject),
      `${PACKAGE('project')}[dependencies]\nguarded = { version = "1", registry = "local" }\n`,
    )
    writeFileSync(at('project/src/lib.rs'), '')
    await scene.installation.mustDo(['accounts', 'set', ACCOUNT, '--for', `http://${host}/index`])
  })
  beforeEach(() => {
    sent.length = 0
  })
  afterAll(async () => {
    server?.closeAllConnections()
    server?.close()
    await scene?.close()
  })

  it('speaks first and ends with its input', async () => {
    const { code, stdout } = await scene.run('sh', '-c', 'cargo-credential-tokentray </dev/null')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"v":[1]}\n' })
  })

  if (findCargo()) {
    it('lets cargo fetch a crate, and the token is in the arguments of no process', async () => {
      const stop = watchProcessList()
      const { code, stderr } = await fetchCrate()
      const seen = stop().join('\n')
      expect({ code, stderr }).toMatchObject({ code: 0 })
      expect(stderr).toContain('Downloaded guarded v1.0.0')
      const token = `Bearer ${[...scene.valid].at(-1)}`
      expect(sent.filter((value) => value !== undefined)).toContain(token)
      expect([...scene.valid].filter((each) => seen.includes(each))).toEqual([])
    })

    it('lets cargo say why there is no token while Tokentray is locked', async () => {
      await scene.installation.mustDo(['lock'])
      const { code, stderr } = await fetchCrate()
      await scene.installation.mustDo(['unlock'])
      expect(code).toBe(101)
      expect(stderr).toContain('Tokentray is locked.')
      expect(sent.filter((value) => value !== undefined)).toEqual([])
    })

    it('gives cargo nothing for another registry', async () => {
      const setFor = (address: string) =>
        scene.installation.mustDo(['accounts', 'set', ACCOUNT, '--for', address])
      await setFor('http://127.0.0.1:1')
      const { code } = await fetchCrate()
      await setFor(`http://${host}/index`)
      expect(code).toBe(101)
      expect(sent.filter((value) => value !== undefined)).toEqual([])
    })
  }
})
