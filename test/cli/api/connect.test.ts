import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Directories, findDirectories } from '../../../main/base/files/directories.ts'
import { acquireInstanceLock } from '../../../main/base/process/instance-lock.ts'
import { ownVersion } from '../../../main/base/version.ts'
import { connect } from '../../../main/cli/api/connect.ts'
import { endpointFile, ownerKeyFile } from '../../../main/loopback/found/discovery.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { anotherUser, describeWith, linuxProc } from '../../helpers/needs.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())

async function expectRefusal(words: RegExp) {
  const { exit, stderr } = await runCli(endpoint.directories, ['status'])
  expect(stderr).toMatch(words)
  expect(exit).toBe(5)
  expect(endpoint.requests).toEqual([])
}

test('talks to the endpoint that its files name', async () => {
  expect(await connect(endpoint.directories).status()).toMatchObject({ version: ownVersion })
})

test('waits three seconds for the status, and names the process that does not answer', async () => {
  const release = endpoint.hold('GET /v1/status')
  expect(await runCli(endpoint.directories, ['status'])).toEqual({
    exit: 8,
    stdout: '',
    stderr:
      'tokentray: Tokentray did not respond within 3 s.\n' +
      `End process ${process.pid} and start Tokentray again.\n`,
  })
  release()
})

describe('sends nothing', () => {
  test('if others can read the owner key', async () => {
    chmodSync(ownerKeyFile(endpoint.directories), 0o640)
    await expectRefusal(/owner\.key is open to other users/)
  })

  test('if others can read the endpoint file', async () => {
    chmodSync(endpointFile(endpoint.directories), 0o604)
    await expectRefusal(/endpoint\.json is open to other users/)
  })

  test('if others can put files beside them', async () => {
    chmodSync(endpoint.directories.run, 0o770)
    await expectRefusal(/run is open to other users/)
  })

  test('if a file is a link to another one', async () => {
    const file = endpointFile(endpoint.directories)
    renameSync(file, `${file}.real`)
    symlinkSync(`${file}.real`, file)
    await expectRefusal(/endpoint\.json is not a regular file/)
  })

  describeWith([anotherUser], 'if another user owns', () => {
    test.each([
      ['the endpoint file', endpointFile],
      ['the owner key', ownerKeyFile],
    ])('%s', async (_, file) => {
      chownSync(file(endpoint.directories), 65_534, 65_534)
      await expectRefusal(/belongs to another user/)
    })

    test('the folder, and does not advise to remove it', async () => {
      chownSync(endpoint.directories.run, 65_534, 65_534)
      await expectRefusal(/belongs to another user.*\n.*use "su -"/)
    })
  })
})

describeWith([anotherUser, linuxProc], 'a port that another user holds', () => {
  /** What a program of theirs was sent, on a port of its own or on this one. */
  async function squat(port = 0) {
    const squatter = spawn(
      process.execPath,
      [
        '-e',
        `const server = require('node:http').createServer((request, response) => {
          console.log('got ' + request.headers.authorization)
          response.end('{}')
        })
        server.listen(${port}, '127.0.0.1', () => console.log(server.address().port))`,
      ],
      { uid: 65_534, gid: 65_534, cwd: '/', env: {}, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const said: string[] = []
    squatter.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString().trim()))
    await once(squatter.stdout, 'data')
    return {
      issuer: `http://127.0.0.1:${said[0]}`,
      said,
      end: async () => {
        squatter.kill()
        await once(squatter, 'close')
      },
    }
  }

  test('is sent nothing, although the process that the files name is alive', async () => {
    const squatter = await squat()
    endpoint.publish({ issuer: squatter.issuer })
    await expectRefusal(/in use by another user/)
    await squatter.end()
    expect(squatter.said).toHaveLength(1)
  })

  test('is sent nothing, although it was ours when it was looked at', async () => {
    const api = connect(endpoint.directories)
    await endpoint.stopListening()
    const squatter = await squat(Number(new URL(endpoint.issuer).port))
    await expect(api.status()).rejects.toMatchObject({ code: 'request_refused' })
    await squatter.end()
    expect(squatter.said).toHaveLength(1)
  })
})

describe('finds what was started in a session of another kind', () => {
  /** The folders of a program that knows nothing but its home and what else is given. */
  const directoriesOf = (env: Readonly<Record<string, string>> = {}) =>
    findDirectories({ HOME: endpoint.home, ...env }, 'linux')
  const statusOf = (directories: Directories) => runCli(directories, ['status', '--json'])

  test('by the lock, which lies with the data and names the place', async () => {
    const { data } = directoriesOf()
    const lock = acquireInstanceLock(data, 'test', endpoint.directories.run)
    expect(await statusOf(directoriesOf())).toMatchObject({ exit: 0 })
    // The place that its own session names is empty, or is one that it may not look into.
    const session = path.join(endpoint.home, 'session')
    const inSession = directoriesOf({ XDG_RUNTIME_DIR: session })
    expect(await statusOf(inSession)).toMatchObject({ exit: 0 })
    writeFileSync(session, '')
    expect(await statusOf(inSession)).toMatchObject({ exit: 0 })
    lock.release()
    expect(await statusOf(directoriesOf())).toMatchObject({ exit: 3 })
  })

  test('where the data lie in the usual place and not in that of this session', async () => {
    const { data } = directoriesOf()
    const lock = acquireInstanceLock(data, 'test', endpoint.directories.run)
    const state = path.join(endpoint.home, 'state')
    expect(await statusOf(directoriesOf({ XDG_STATE_HOME: state }))).toMatchObject({ exit: 0 })
    lock.release()
  })

  test('even if another user has planted files in the folder of the session', async () => {
    const { data } = directoriesOf()
    const lock = acquireInstanceLock(data, 'test', endpoint.directories.run)
    const session = path.join(endpoint.home, 'session')
    const theirs = path.join(session, 'tokentray')
    mkdirSync(theirs, { recursive: true })
    chmodSync(theirs, 0o777)
    expect(await statusOf(directoriesOf({ XDG_RUNTIME_DIR: session }))).toMatchObject({ exit: 0 })
    lock.release()
    const { exit, stderr } = await statusOf(directoriesOf({ XDG_RUNTIME_DIR: session }))
    expect(stderr).toMatch(/tokentray is open to other users/)
    expect(exit).toBe(5)
  })

  test('only where the named place is closed to others', async () => {
    const { data } = directoriesOf()
    const lock = acquireInstanceLock(data, 'test', endpoint.directories.run)
    chmodSync(endpoint.directories.run, 0o770)
    const { exit, stderr } = await statusOf(directoriesOf())
    expect(stderr).toMatch(/run is open to other users/)
    expect(exit).toBe(5)
    expect(endpoint.requests).toEqual([])
    lock.release()
  })

  test('and says that it runs when nothing leads to it, as a second start would', async () => {
    const { data, run } = directoriesOf()
    const lock = acquireInstanceLock(data, 'test', path.join(endpoint.home, 'gone'))
    const { exit, stderr } = await statusOf(directoriesOf())
    expect(stderr).toContain(`Tokentray is running (process ${process.pid}) but cannot be found.`)
    expect(stderr).toContain(run)
    expect(stderr).toContain(path.join(endpoint.home, 'gone'))
    expect(exit).toBe(3)
    expect(() => acquireInstanceLock(data, 'second', run)).toThrow(`process ${process.pid}`)
    lock.release()
  })
})

describeWith([linuxProc], 'a process that runs and does not listen', () => {
  test('is not said to be no Tokentray', async () => {
    endpoint.publish({ issuer: 'http://127.0.0.1:1' })
    expect(await runCli(endpoint.directories, ['status'])).toMatchObject({
      exit: 8,
      stderr: expect.stringContaining(
        `Tokentray is running (process ${process.pid}) but does not respond.\n`,
      ),
    })
  })
})

describe('is not running', () => {
  async function expectNotRunning(directories = endpoint.directories) {
    expect(await runCli(directories, ['status'])).toMatchObject({
      exit: 3,
      stderr:
        'tokentray: Tokentray is not running.\n' +
        `Start it with "tokentray serve" or open the app. Looked in ${directories.run}.\n`,
    })
  }

  test('where it never ran', () =>
    expectNotRunning(findDirectories({ TOKENTRAY_HOME: makeTestFolder('cli-empty') })))

  test('without an owner key', async () => {
    rmSync(ownerKeyFile(endpoint.directories))
    await expectNotRunning()
  })

  test('with an empty owner key', async () => {
    writeFileSync(ownerKeyFile(endpoint.directories), '\n')
    await expectNotRunning()
  })

  test('if its process is gone, and ended unexpectedly, because its file is still there', async () => {
    endpoint.publish({ pid: 2 ** 22 + 1 })
    expect(await runCli(endpoint.directories, ['status'])).toMatchObject({
      exit: 3,
      stderr:
        'tokentray: Tokentray is not running. It ended unexpectedly.\n' +
        'Start it with "tokentray serve" or open the app. It then revokes the tokens that are left, unless it ran with --memory; accounts keep their session tokens, which tokentray revoke --all revokes.\n',
    })
  })

  test('if nothing listens, and it is unknown whether the process is still the one of the file', async () => {
    endpoint.publish({ issuer: 'http://127.0.0.1:1', startedAt: null })
    await expectNotRunning()
  })

  test('if the file names another host', async () => {
    endpoint.publish({ issuer: 'http://10.0.0.1:80' })
    await expectNotRunning()
  })
})
