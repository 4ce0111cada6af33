import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, get, type Server } from 'node:http'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LocalSocket } from '../../../main/loopback/found/local-socket.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { anotherUser, describeWith } from '../../helpers/needs.ts'

const modeOf = (file: string) => (lstatSync(file).mode & 0o777).toString(8)
const LONGEST = process.platform === 'linux' ? 107 : 103

describe.skipIf(process.platform === 'win32')('the Unix socket', () => {
  let run: string
  let file: string
  let servers: Server[]
  let warnings: string[]

  const replaceByFile = () => {
    rmSync(file)
    writeFileSync(file, '')
  }
  const make = (answer = 'ours') => {
    const server = createServer((_request, response) => response.end(answer))
    servers.push(server)
    const nothing = () => undefined
    const warn = (text: string) => void warnings.push(text)
    return new LocalSocket(server, { info: nothing, error: nothing, warn })
  }
  const ask = (socketPath = file) =>
    new Promise<string>((resolve) => {
      get({ socketPath }, (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve(text))
      }).on('error', (error) => resolve('code' in error ? String(error.code) : error.message))
    })

  beforeEach(() => {
    ;[servers, warnings] = [[], []]
    run = path.join(makeTestFolder('s'), 'run')
    file = path.join(run, 'tools', 'tokentray.sock')
  })
  afterEach(() => {
    for (const server of servers) server.close().closeAllConnections()
  })

  it.each([0, 0o022, 0o077])(
    'is there at once, for this user alone, with the umask %i',
    async (umask) => {
      const before = process.umask(umask)
      try {
        const socket = make()
        expect(socket.keepIn(run)).toBe(file)
        // In the same tick.
        expect([modeOf(file), modeOf(path.dirname(file))]).toEqual(['600', '700'])
        expect(readdirSync(path.dirname(file))).toEqual(['tokentray.sock'])
        expect(process.umask()).toBe(umask)
        expect([socket.path(), socket.trouble()]).toEqual([file, null])
      } finally {
        process.umask(before)
      }
      expect(await ask()).toBe('ours')
    },
  )

  it('closes a folder that was open to others', () => {
    mkdirSync(path.dirname(file), { recursive: true })
    chmodSync(path.dirname(file), 0o777)
    make().keepIn(run)
    expect(modeOf(path.dirname(file))).toBe('700')
  })

  it('stays the same while it is in place', () => {
    const socket = make()
    socket.keepIn(run)
    const { ino } = lstatSync(file)
    expect(socket.keepIn(run)).toBe(file)
    expect(lstatSync(file).ino).toBe(ino)
  })

  it.each([
    ['it was removed', () => rmSync(file)],
    ['its folder was removed', () => rmSync(path.dirname(file), { recursive: true })],
    ['the folder of the session was removed', () => rmSync(run, { recursive: true })],
    ['it was opened to others', () => chmodSync(file, 0o666)],
    ['its folder was opened to others', () => chmodSync(path.dirname(file), 0o755)],
    ['another file took its name', () => replaceByFile()],
  ])('is bound once more when %s', async (_what, harm) => {
    const socket = make()
    socket.keepIn(run)
    harm()
    expect(socket.keepIn(run)).toBe(file)
    expect([modeOf(file), modeOf(path.dirname(file))]).toEqual(['600', '700'])
    expect(await ask()).toBe('ours')
    expect(readdirSync(path.dirname(file))).toEqual(['tokentray.sock'])
  })

  it('moves to another folder, and leaves none behind', async () => {
    const socket = make()
    socket.keepIn(run)
    const other = path.join(makeTestFolder('s'), 'run')
    const moved = socket.keepIn(other) ?? ''
    expect(path.dirname(path.dirname(moved))).toBe(other)
    expect([await ask(moved), existsSync(file)]).toEqual(['ours', false])
  })

  it('answers a request that came before it was bound once more', async () => {
    let finish = () => {}
    const server = createServer((_request, response) => {
      finish = () => response.end('late')
      server.emit('asked')
    })
    servers.push(server)
    const nothing = () => undefined
    const socket = new LocalSocket(server, { info: nothing, error: nothing, warn: nothing })
    socket.keepIn(run)
    const asked = once(server, 'asked')
    const answer = ask()
    await asked
    rmSync(run, { recursive: true })
    socket.keepIn(run)
    finish()
    expect(await answer).toBe('late')
  })

  it('replaces one that was left by a process that was killed, and what that had begun', async () => {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    const fresh = path.join(path.dirname(file), '.new')
    const code = `for (const file of ${JSON.stringify([file, fresh])})
      require('node:net').createServer().listen(file)
      console.log('ready')`
    const killed = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(killed.stdout, 'data')
    killed.kill('SIGKILL')
    await once(killed, 'close')
    expect(await ask()).toBe('ECONNREFUSED')

    expect(make().keepIn(run)).toBe(file)
    expect(await ask()).toBe('ours')
    expect(readdirSync(path.dirname(file))).toEqual(['tokentray.sock'])
  })

  it('is removed, but its folder stays, because a container may have it', async () => {
    const socket = make()
    socket.keepIn(run)
    const { ino } = lstatSync(path.dirname(file))
    socket.remove()
    expect(readdirSync(path.dirname(file))).toEqual([])
    expect([await ask(), socket.path()]).toEqual(['ENOENT', null])
    socket.remove()
    make().keepIn(run)
    expect(lstatSync(path.dirname(file)).ino).toBe(ino)
  })

  it('is left alone where it is of another instance by now', async () => {
    const [first, second] = [make('first'), make('second')]
    first.keepIn(run)
    second.keepIn(run)
    first.remove()
    expect(await ask()).toBe('second')
  })

  describe('with a long path', () => {
    const runOf = (bytes: number) => {
      const base = makeTestFolder('s')
      const fixed = Buffer.byteLength(path.join(base, 'x', 'tools', 'tokentray.sock')) - 1
      // Two bytes each: what counts is bytes, not characters.
      const rest = bytes - fixed
      return path.join(base, 'ä'.repeat(Math.floor(rest / 2)) + 'x'.repeat(rest % 2))
    }

    it('is bound with the longest that the system has', async () => {
      const long = runOf(LONGEST)
      const bound = make().keepIn(long) ?? ''
      expect(Buffer.byteLength(bound)).toBe(LONGEST)
      expect(await ask(bound)).toBe('ours')
    })

    it('is not bound with a byte more: says so once, and makes nothing', () => {
      const socket = make()
      const long = runOf(LONGEST + 1)
      expect([socket.keepIn(long), socket.keepIn(long), socket.path()]).toEqual([null, null, null])
      expect(socket.trouble()).toContain(
        `its path is too long (${LONGEST + 1} bytes, at most ${LONGEST}): ${long}`,
      )
      expect(warnings).toHaveLength(1)
      expect(existsSync(long)).toBe(false)
    })
  })

  it('says why where its folder cannot be made, and is bound once it can', async () => {
    mkdirSync(run, { mode: 0o700 })
    writeFileSync(path.join(run, 'tools'), 'precious')
    const socket = make()
    expect(socket.keepIn(run)).toBeNull()
    expect(socket.trouble()).toMatch(/cannot be created: .*tokentray\.sock\. .* is not a folder\./)
    expect(readFileSync(path.join(run, 'tools'), 'utf8')).toBe('precious')
    renameSync(path.join(run, 'tools'), path.join(run, 'other'))
    expect([socket.keepIn(run), socket.trouble()]).toEqual([file, null])
    expect(await ask()).toBe('ours')
  })

  describeWith([anotherUser], 'for another user', () => {
    const asNobody = async () => {
      const code = `require('node:net').connect(${JSON.stringify(file)})
        .on('connect', () => { console.log('connected'); process.exit() })
        .on('error', ({ code }) => console.log(code))`
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', code], {
        ...{ uid: 65_534, gid: 65_534, cwd: '/', env: {} },
      })
      return stdout.trim()
    }
    /** Everything above the folders of Tokentray can be entered by everybody. */
    const openAbove = () => {
      for (let folder = path.dirname(run); folder !== '/tmp' && folder !== '/'; ) {
        chmodSync(folder, 0o755)
        folder = path.dirname(folder)
      }
    }

    it('is closed by its own mode, and by that of its folder', async () => {
      openAbove()
      make().keepIn(run)
      chmodSync(run, 0o755)
      expect(await asNobody()).toBe('EACCES')
      chmodSync(path.dirname(file), 0o755)
      expect(await asNobody()).toBe('EACCES')
      chmodSync(file, 0o666)
      // So that the test would notice one that is open.
      expect(await asNobody()).toBe('connected')
      chmodSync(path.dirname(file), 0o700)
      expect(await asNobody()).toBe('EACCES')
    })
  })
})
