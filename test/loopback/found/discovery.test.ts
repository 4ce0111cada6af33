import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Directories, findDirectories } from '../../../main/base/files/directories.ts'
import { randomText } from '../../../main/base/ids.ts'
import { identifyProcess } from '../../../main/base/process/process-identity.ts'
import { Secret } from '../../../main/base/secret.ts'
import {
  type Endpoint,
  endpointFile,
  findEndpoint,
  ownerKeyFile,
  readOwnerKey,
} from '../../../main/loopback/found/discovery.ts'
import { publish } from '../../../main/loopback/found/discovery-files.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { anotherUser, describeWith } from '../../helpers/needs.ts'

/** The owner key belongs in its file: it is not one of the secrets that are searched for. */
const ownerKey = new Secret(randomText(256))
const endpoint: Endpoint = {
  issuer: 'http://127.0.0.1:4711',
  ...identifyProcess(process.pid),
  instance: 'mine',
  version: '1.2.3',
}

function makeDirectories(): Directories {
  return findDirectories({ TOKENTRAY_HOME: makeTestFolder('discovery') })
}

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8)
const write = (directories: Directories, text: string) => {
  mkdirSync(directories.run, { recursive: true, mode: 0o700 })
  writeFileSync(endpointFile(directories), text)
}

describe('publish', () => {
  it('writes the endpoint and its key, readable only by this user', () => {
    const directories = makeDirectories()
    const umask = process.umask(0)

    publish(directories, endpoint, ownerKey)

    process.umask(umask)
    expect(findEndpoint(directories)).toEqual(endpoint)
    expect(readOwnerKey(directories)).toBe(ownerKey.reveal())
    expect(modeOf(directories.run)).toBe('700')
    expect(modeOf(endpointFile(directories))).toBe('600')
    expect(modeOf(ownerKeyFile(directories))).toBe('600')
    expect(readFileSync(endpointFile(directories), 'utf8')).not.toContain(ownerKey.reveal())
    expect(readdirSync(directories.run).sort()).toEqual(['endpoint.json', 'owner.key'])
  })

  it('leaves no files once removed', () => {
    const directories = makeDirectories()
    const published = publish(directories, endpoint, ownerKey)

    published.remove()

    expect(readdirSync(directories.run)).toEqual([])
    expect(findEndpoint(directories)).toBeNull()
    expect(readOwnerKey(directories)).toBeNull()
  })

  it('can be removed twice, and when the folder is gone', () => {
    const directories = makeDirectories()
    const published = publish(directories, endpoint, ownerKey)

    published.remove()

    expect(() => published.remove()).not.toThrow()
  })

  it('removes its key even if the other file was removed', () => {
    const directories = makeDirectories()
    const published = publish(directories, endpoint, ownerKey)
    writeFileSync(endpointFile(directories), '')

    published.remove()

    expect(existsSync(ownerKeyFile(directories))).toBe(false)
  })

  it('leaves the files of another instance alone', () => {
    const directories = makeDirectories()
    const first = publish(directories, endpoint, ownerKey)
    const other = { ...endpoint, instance: 'other' }
    const otherKey = new Secret(randomText(256))
    publish(directories, other, otherKey)

    first.remove()

    expect(findEndpoint(directories)).toEqual(other)
    expect(readOwnerKey(directories)).toBe(otherKey.reveal())
  })

  it('replaces stale files', () => {
    const directories = makeDirectories()
    write(directories, '{"torn":')
    writeFileSync(ownerKeyFile(directories), 'old', { mode: 0o644 })

    publish(directories, endpoint, ownerKey)

    expect(findEndpoint(directories)).toEqual(endpoint)
    expect(modeOf(ownerKeyFile(directories))).toBe('600')
  })

  it('closes a folder that was open to others', () => {
    const directories = makeDirectories()
    mkdirSync(directories.run, { recursive: true })
    chmodSync(directories.run, 0o777)

    publish(directories, endpoint, ownerKey)

    expect(modeOf(directories.run)).toBe('700')
  })

  it.each([
    ['owner.key', ownerKeyFile],
    ['endpoint.json', endpointFile],
  ])('does not write through a link that was planted as %s', (_name, file) => {
    const directories = makeDirectories()
    const victim = path.join(makeTestFolder('victim'), 'file')
    writeFileSync(victim, 'precious')
    mkdirSync(directories.run, { recursive: true, mode: 0o700 })
    symlinkSync(victim, file(directories))

    publish(directories, endpoint, ownerKey)

    expect(readFileSync(victim, 'utf8')).toBe('precious')
    expect(lstatSync(file(directories)).isSymbolicLink()).toBe(false)
  })

  it('does not write through a link at its temporary file, and fails', () => {
    const directories = makeDirectories()
    const victim = path.join(makeTestFolder('victim'), 'file')
    mkdirSync(directories.run, { recursive: true, mode: 0o700 })
    symlinkSync(victim, `${ownerKeyFile(directories)}.mine`)

    expect(() => publish(directories, endpoint, ownerKey)).toThrow(
      expect.objectContaining({ code: 'record_unavailable' }),
    )

    expect(existsSync(victim)).toBe(false)
  })

  it('refuses a link instead of the folder', () => {
    const directories = makeDirectories()
    const victim = makeTestFolder('victim')
    symlinkSync(victim, directories.run)

    expect(() => publish(directories, endpoint, ownerKey)).toThrow(
      expect.objectContaining({ code: 'record_unavailable' }),
    )

    expect(readdirSync(victim)).toEqual([])
  })

  it('refuses a file instead of the folder, and leaves no key after a partial failure', () => {
    const blocked = makeDirectories()
    writeFileSync(blocked.run, '')
    const half = makeDirectories()
    mkdirSync(endpointFile(half), { recursive: true })

    for (const directories of [blocked, half]) {
      expect(() => publish(directories, endpoint, ownerKey)).toThrow(
        expect.objectContaining({ code: 'record_unavailable' }),
      )
    }

    expect(readdirSync(half.run)).toEqual(['endpoint.json'])
  })
})

/** Names another port for the same instance. */
const misdirect = (directories: Directories) =>
  writeFileSync(
    endpointFile(directories),
    JSON.stringify({ ...endpoint, issuer: 'http://127.0.0.1:1' }),
  )

describe('a published endpoint', () => {
  it.each([
    ['endpoint.json', (directories: Directories) => rmSync(endpointFile(directories))],
    ['owner.key', (directories: Directories) => rmSync(ownerKeyFile(directories))],
    ['the folder', ({ run }: Directories) => rmSync(run, { recursive: true })],
    ['the key within', (directories: Directories) => writeFileSync(ownerKeyFile(directories), '')],
    ['the right port', misdirect],
    [
      'the mode of the key',
      (directories: Directories) => chmodSync(ownerKeyFile(directories), 0o644),
    ],
    ['the mode of the endpoint', ({ run }: Directories) => chmodSync(endpointFile({ run }), 0o644)],
  ])('is restored with the same key after the loss of %s', (_what, take) => {
    const directories = makeDirectories()
    const published = publish(directories, endpoint, ownerKey)
    take(directories)

    expect(published.restore().run).toBe(directories.run)

    expect(findEndpoint(directories)).toEqual(endpoint)
    expect(readOwnerKey(directories)).toBe(ownerKey.reveal())
    expect(modeOf(directories.run)).toBe('700')
    expect(modeOf(ownerKeyFile(directories))).toBe('600')
    expect(modeOf(endpointFile(directories))).toBe('600')
    published.remove()
    expect(readdirSync(directories.run)).toEqual([])
  })

  it('is not found without its key', () => {
    const directories = makeDirectories()
    const published = publish(directories, endpoint, ownerKey)
    for (const file of [endpointFile, ownerKeyFile]) rmSync(file(directories))
    mkdirSync(ownerKeyFile(directories))

    expect(() => published.restore()).toThrow(
      expect.objectContaining({ code: 'record_unavailable' }),
    )

    expect(existsSync(endpointFile(directories))).toBe(false)
  })

  it.each([endpointFile, ownerKeyFile])(
    'does not block on a pipe that replaced a file, and ignores what is written to it',
    async (fileOf) => {
      const directories = makeDirectories()
      const published = publish(directories, endpoint, ownerKey)
      const file = fileOf(directories)
      rmSync(file)
      // Under another name as well, so that the writer never sees its replacement.
      const pipe = path.join(makeTestFolder('pipe'), 'pipe')
      execFileSync('mkfifo', [pipe])
      linkSync(pipe, file)
      const theirs = JSON.stringify({ ...endpoint, instance: 'theirs' })
      const writer = spawn('sh', ['-c', 'printf %s "$0" > "$1"', theirs, pipe])

      published.restore()

      expect(lstatSync(file).isFile()).toBe(true)
      expect(findEndpoint(directories)).toEqual(endpoint)
      expect(readOwnerKey(directories)).toBe(ownerKey.reveal())
      writer.kill()
      await once(writer, 'exit')
    },
  )

  it('is written again only if it is missing', () => {
    const directories = makeDirectories()
    const published = publish(directories, endpoint, ownerKey)
    const before = [endpointFile, ownerKeyFile].map((file) => statSync(file(directories)).ino)

    published.restore()

    const after = [endpointFile, ownerKeyFile].map((file) => statSync(file(directories)).ino)
    expect(after).toEqual(before)
  })

  it('is stored beside the data only while the runtime folder cannot be created', () => {
    const home = makeTestFolder('discovery')
    const session = path.join(home, 'session')
    const directories = findDirectories({ HOME: home, XDG_RUNTIME_DIR: session }, 'linux')
    const beside = { run: path.join(directories.data, 'run') }
    const published = publish(directories, endpoint, ownerKey)
    expect(existsSync(endpointFile(directories))).toBe(true)

    // As after a logout; a file instead keeps even root from creating it.
    rmSync(session, { recursive: true })
    writeFileSync(session, '')
    expect(published.restore().run).toBe(beside.run)
    expect(findEndpoint(beside)).toEqual(endpoint)
    expect(readOwnerKey(beside)).toBe(ownerKey.reveal())
    expect(modeOf(beside.run)).toBe('700')

    rmSync(session)
    expect(published.restore().run).toBe(directories.run)
    expect(findEndpoint(directories)).toEqual(endpoint)
    expect(readdirSync(beside.run)).toEqual([])

    published.remove()
    expect(readdirSync(directories.run)).toEqual([])
  })

  it('does not overwrite the files of a later instance', () => {
    const directories = makeDirectories()
    const first = publish(directories, endpoint, ownerKey)
    const otherKey = new Secret(randomText(256))
    publish(directories, { ...endpoint, instance: 'other' }, otherKey)

    first.restore()

    expect(findEndpoint(directories)?.instance).toBe('other')
    expect(readOwnerKey(directories)).toBe(otherKey.reveal())
  })
})

describeWith([anotherUser], 'a folder of another user', () => {
  it('is refused, and nothing is put there', () => {
    const directories = makeDirectories()
    mkdirSync(directories.run, { recursive: true, mode: 0o700 })
    chownSync(directories.run, 65_534, 65_534)

    expect(() => publish(directories, endpoint, ownerKey)).toThrow(
      expect.objectContaining({ code: 'record_unavailable' }),
    )

    expect(readdirSync(directories.run)).toEqual([])
  })
})

describe('findEndpoint', () => {
  it('finds nothing if there is nothing', () => {
    expect(findEndpoint(makeDirectories())).toBeNull()
    expect(readOwnerKey(makeDirectories())).toBeNull()
  })

  it('treats the file of another process with the same pid as stale', () => {
    const directories = makeDirectories()
    const { startedAt } = identifyProcess(process.pid)

    write(directories, JSON.stringify({ ...endpoint, startedAt: `${startedAt}0` }))

    // Without start times, a process with that pid counts as the right one.
    expect(findEndpoint(directories)).toEqual(startedAt === null ? expect.anything() : null)
  })

  it('treats the file of a process that has exited as stale', async () => {
    const directories = makeDirectories()
    const child = spawn(process.execPath, ['--version'])
    await once(child, 'close')

    write(directories, JSON.stringify({ ...endpoint, pid: child.pid }))

    expect(findEndpoint(directories)).toBeNull()
  })

  it('reads only known members of the file', () => {
    const directories = makeDirectories()

    write(directories, JSON.stringify({ ...endpoint, owner: 'x' }))

    expect(findEndpoint(directories)).toEqual(endpoint)
  })

  it.each<readonly [string, string]>([
    ['nothing', ''],
    ['half of it', JSON.stringify(endpoint).slice(0, -5)],
    ['a list', '[]'],
    ['null', 'null'],
    ['a far issuer', JSON.stringify({ ...endpoint, issuer: 'http://evil.example:80' })],
    [
      'an issuer with the same prefix',
      JSON.stringify({ ...endpoint, issuer: 'http://127.0.0.1:1.evil' }),
    ],
    ['an issuer with a path', JSON.stringify({ ...endpoint, issuer: 'http://127.0.0.1:1/x' })],
    ['an issuer by name', JSON.stringify({ ...endpoint, issuer: 'http://localhost:1' })],
    ['an issuer of two lines', JSON.stringify({ ...endpoint, issuer: 'http://127.0.0.1:1\n' })],
    ['a port out of range', JSON.stringify({ ...endpoint, issuer: 'http://127.0.0.1:65536' })],
    ['a pid that is a string', JSON.stringify({ ...endpoint, pid: '1' })],
    ['a broken pid', JSON.stringify({ ...endpoint, pid: process.pid + 0.5 })],
    ['the pid 0', JSON.stringify({ ...endpoint, pid: 0 })],
    ['a pid that means a group', JSON.stringify({ ...endpoint, pid: -process.pid })],
    ['no instance', JSON.stringify({ ...endpoint, instance: undefined })],
    ['no version', JSON.stringify({ ...endpoint, version: undefined })],
  ])('treats a file with %s as stale', (_what, text) => {
    const directories = makeDirectories()

    write(directories, text)

    expect(findEndpoint(directories)).toBeNull()
  })
})
