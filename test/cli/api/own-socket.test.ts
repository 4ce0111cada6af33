import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../../../main/cli/api/connect.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { anotherUser, describeWith, linuxProc } from '../../helpers/needs.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'

describeWith([linuxProc], 'the Unix socket of Tokentray', () => {
  let endpoint: PlayedEndpoint
  let socket: string
  beforeEach(async () => {
    endpoint = await PlayedEndpoint.start()
    socket = await endpoint.listenAtSocket()
  })
  afterEach(() => endpoint.close())

  const status = async () => (await runCli(endpoint.directories, ['status'])).exit
  /** The port of the file is one where nothing listens. */
  const closePort = () => endpoint.publish({ socket, issuer: 'http://127.0.0.1:1' })

  test('is used if the file names one, whatever is at the port', async () => {
    expect([await status(), endpoint.cameBySocket]).toEqual([0, 1])
    closePort()
    expect([await status(), endpoint.cameBySocket]).toEqual([0, 2])
  })

  const folder = () => path.dirname(socket)
  const elsewhere = () => path.join(makeTestFolder('elsewhere'), 'socket')
  describe('is not used', () => {
    const harms: readonly (readonly [string, () => void])[] = [
      ['it is open to others', () => chmodSync(socket, 0o606)],
      ['its folder is open to others', () => chmodSync(folder(), 0o701)],
      ['it is a link', () => moveBehindLink(socket)],
      ['its folder is a link', () => moveBehindLink(folder())],
      ['it is gone', () => rmSync(socket)],
    ]
    const moveBehindLink = (file: string) => {
      const target = elsewhere()
      renameSync(file, target)
      symlinkSync(target, file)
    }

    test.each(harms)('but the port, if %s', async (_what, harm) => {
      harm()
      expect([await status(), endpoint.cameBySocket]).toEqual([0, 0])
    })

    describeWith([anotherUser], 'if another user owns', () => {
      test.each([
        ['it', () => socket],
        ['its folder', folder],
      ])('%s', async (_what, file) => {
        chownSync(file(), 65_534, 65_534)
        expect([await status(), endpoint.cameBySocket]).toEqual([0, 0])
      })

      test('it, and then the port is still checked', async () => {
        const code = `require('node:http').createServer((request, response) => {
            console.log('got')
            response.end('{}')
          }).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`
        const squatter = spawn(process.execPath, ['-e', code], {
          ...{ uid: 65_534, gid: 65_534, cwd: '/', env: {} },
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        let said = ''
        squatter.stdout.on('data', (chunk) => {
          said += chunk
        })
        await once(squatter.stdout, 'data')
        const issuer = `http://127.0.0.1:${said.trim()}`
        endpoint.publish({ socket, issuer })
        const api = connect(endpoint.directories)
        // It was ours when the command line started.
        chownSync(socket, 65_534, 65_534)
        await expect(api.status()).rejects.toMatchObject({ code: 'request_refused' })
        expect(await status()).toBe(5)
        squatter.kill()
        await once(squatter, 'close')
        expect(said.trim()).not.toContain('got')
      })
    })
  })

  test('that was left by a killed process is passed over for the port', async () => {
    rmSync(socket)
    const code = `process.umask(0o177)
      require('node:net').createServer().listen(${JSON.stringify(socket)}, () => console.log('ready'))`
    const killed = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(killed.stdout, 'data')
    killed.kill('SIGKILL')
    await once(killed, 'close')
    expect([await status(), endpoint.cameBySocket]).toEqual([0, 0])
  })

  test('is named in a file for curl, unless others could have made it', async () => {
    const add = async (name: string) => {
      const file = path.join(makeTestFolder('curl'), name)
      const args = ['tools', 'add', 'backup', '--accounts', 'sftpgo/work', '--curl-config', file]
      const { stdout } = await runCli(endpoint.directories, args)
      expect(stdout).toContain(`${endpoint.issuer}/oauth/token`)
      const text = readFileSync(file, 'utf8')
      // It holds a secret, as it should.
      rmSync(file)
      return text
    }
    expect(await add('first')).toContain(`\nunix-socket = "${socket}"\n`)
    chmodSync(socket, 0o606)
    expect(await add('second')).not.toContain('unix-socket')
  })
})
