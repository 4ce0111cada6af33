import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { acquireInstanceLock, findHolder } from '../../../main/base/process/instance-lock.ts'
import { askPs, identifyProcess, isRunning } from '../../../main/base/process/process-identity.ts'
import { bundleForNode } from '../../helpers/bundle.ts'
import { prlimit, withFileLimit } from '../../helpers/file-limit.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { describeWith, linuxProc } from '../../helpers/needs.ts'

const run = '/run/user/1/tokentray'

describe('the lock for the only broker', () => {
  let program: string
  let folder: string
  let children: ChildProcess[]

  beforeAll(async () => {
    program = await bundleForNode(path.join(import.meta.dirname, 'lock-contender.ts'))
  })
  beforeEach(() => {
    folder = makeTestFolder('lock')
    children = []
  })
  afterEach(() => Promise.all(children.map(kill)))

  async function startContender(): Promise<ChildProcess> {
    const child = fork(program, [folder, `instance-${children.length}`])
    children.push(child)
    await once(child, 'message')
    return child
  }

  async function send(child: ChildProcess, message: number | 'release'): Promise<string> {
    const answer = once(child, 'message')
    child.send(message)
    return String((await answer)[0])
  }
  const tryIt = (child: ChildProcess, at = 0) => send(child, at)

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  const lockFiles = () => readdirSync(folder).filter((name) => name.startsWith('broker.lock'))
  const writeLock = (number: number, content: string) =>
    writeFileSync(path.join(folder, `broker.lock.${number}`), content)

  describeWith([linuxProc], 'what is no plain file', () => {
    it('tells no holder to a reader while it is free', async () => {
      const pipe = path.join(folder, 'broker.lock.9')
      execFileSync('mkfifo', [pipe])
      const lock = JSON.stringify({ ...identifyProcess(process.pid), instance: 'piped' })
      // It writes as soon as the pipe has a reader.
      const writer = spawn('sh', ['-c', `printf '%s' '${lock}' >'${pipe}'`], { stdio: 'ignore' })
      expect(findHolder(folder)).toBeNull()
      writer.kill('SIGKILL')
      await once(writer, 'exit')
    })
  })

  it('refuses a second process, naming the first', () => {
    const lock = acquireInstanceLock(folder, 'first', run)
    expect(() => acquireInstanceLock(folder, 'second', run)).toThrow(
      expect.objectContaining({
        code: 'already_running',
        message: expect.stringContaining(String(process.pid)),
      }),
    )
    lock.release()
  })

  it('can be acquired after a release, which may be repeated', () => {
    const first = acquireInstanceLock(folder, 'first', run)
    first.release()
    const second = acquireInstanceLock(folder, 'second', run)
    first.release()
    expect(() => acquireInstanceLock(folder, 'third', run)).toThrow(
      expect.objectContaining({ code: 'already_running' }),
    )
    second.release()
  })

  it('is one file, readable by its owner only, in a folder that it creates', () => {
    folder = path.join(folder, 'new')
    for (const instance of ['first', 'second', 'third']) {
      acquireInstanceLock(folder, instance, run).release()
    }
    const files = lockFiles()
    expect(files).toHaveLength(1)
    expect(statSync(path.join(folder, files[0] ?? '')).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it.each([
    ['empty', ''],
    ['torn', '{"pid":12'],
    ['not a lock', '[]'],
    ['of no possible process', '{"pid":-1,"startedAt":null,"instance":"x"}'],
  ])('takes over a file that is %s', (_, content) => {
    writeLock(3, content)
    acquireInstanceLock(folder, 'next', run).release()
    expect(lockFiles()).toEqual(['broker.lock.4'])
  })

  it('fails with record_unavailable if it cannot be written', () => {
    const file = path.join(folder, 'file')
    writeFileSync(file, '')
    expect(() => acquireInstanceLock(file, 'first', run)).toThrow(
      expect.objectContaining({ code: 'record_unavailable' }),
    )
  })

  describeWith([prlimit], 'on a full disk', () => {
    it('is not acquired on a failure, and leaves nothing behind', async () => {
      await withFileLimit(0, () =>
        expect(() => acquireInstanceLock(folder, 'first', run)).toThrow(
          expect.objectContaining({ code: 'record_unavailable' }),
        ),
      )
      expect(lockFiles()).toEqual([])
    })

    it('can be released', async () => {
      const lock = acquireInstanceLock(folder, 'first', run)
      await withFileLimit(0, () => lock.release())
      expect(lockFiles()).toHaveLength(1)
    })
  })

  it('fails with record_unavailable for an unreadable lock instead of taking it over', () => {
    mkdirSync(path.join(folder, 'broker.lock.1'))
    expect(() => acquireInstanceLock(folder, 'first', run)).toThrow(
      expect.objectContaining({ code: 'record_unavailable' }),
    )
  })

  it('says where the endpoint of its holder is, until that has exited', () => {
    const lock = acquireInstanceLock(folder, 'first', run)
    expect(findHolder(folder)).toMatchObject({ pid: process.pid, instance: 'first', run })
    expect(lock.keep('/elsewhere')).toBe(true)
    expect(findHolder(folder)).toMatchObject({ instance: 'first', run: '/elsewhere' })
    expect(lockFiles()).toHaveLength(1)
    lock.release()
    expect(findHolder(folder)).toBeNull()
    expect(findHolder(path.join(folder, 'none'))).toBeNull()
  })

  it.each([
    ['a link to a file', '/etc/hostname'],
    ['a link to nothing', '/nonexistent'],
  ])('refuses %s at its path, and says what to do', (_what, target) => {
    symlinkSync(target, path.join(folder, 'broker.lock.7'))
    expect(() => acquireInstanceLock(folder, 'first', run)).toThrow(
      expect.objectContaining({
        code: 'record_unavailable',
        message: expect.stringMatching(
          /broker\.lock\.7 is a link, and links are not followed there\.$/,
        ),
        hint: 'Remove it while Tokentray is not running.',
      }),
    )
    expect(lockFiles()).toEqual(['broker.lock.7'])
  })

  it('names the file with the highest possible number', () => {
    writeFileSync(path.join(folder, 'broker.lock.999999999999999'), '{}')
    expect(() => acquireInstanceLock(folder, 'first', run)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /^.*broker\.lock\.9{15} has the highest possible lock number.$/,
        ),
        hint: 'Remove it while Tokentray is not running.',
      }),
    )
  })

  it.each([
    ['file', () => rmSync(path.join(folder, 'broker.lock.1'))],
    ['folder', () => rmSync(folder, { recursive: true })],
  ])('is acquired again after its %s was removed', (_what, remove) => {
    const lock = acquireInstanceLock(folder, 'first', run)
    remove()
    expect(lock.keep(run)).toBe(true)
    expect(() => acquireInstanceLock(folder, 'second', run)).toThrow(
      expect.objectContaining({ code: 'already_running' }),
    )
    expect(lockFiles()).toHaveLength(1)
    lock.release()
    acquireInstanceLock(folder, 'second', run).release()
  })

  it('is left to another process that took it by a holder that releases it without checking', async () => {
    const lock = acquireInstanceLock(folder, 'first', run)
    rmSync(path.join(folder, 'broker.lock.1'))
    const other = await startContender()
    expect(await tryIt(other)).toBe('won')
    lock.release()
    expect(findHolder(folder)).toMatchObject({ pid: other.pid })
  })

  it('is lost to another process that took it after it was removed', async () => {
    const lock = acquireInstanceLock(folder, 'first', run)
    rmSync(path.join(folder, 'broker.lock.1'))
    const other = await startContender()
    expect(await tryIt(other)).toBe('won')
    const [file = ''] = lockFiles()
    const theirs = readFileSync(path.join(folder, file), 'utf8')
    expect(lock.keep(run)).toBe(false)
    lock.release()
    expect(readFileSync(path.join(folder, file), 'utf8')).toBe(theirs)
    await kill(other)
    // A lost lock is never regained: tokens may have been revoked and issued since.
    expect(lock.keep(run)).toBe(false)
  })

  it('goes to the next process after its holder was killed', async () => {
    const first = await startContender()
    expect(await tryIt(first)).toBe('won')
    const second = await startContender()
    expect(await tryIt(second)).toContain('already_running')
    await kill(first)
    expect(await tryIt(second)).toBe('won')
  })

  it('is won by exactly one of ten processes that try at once over a stale lock, ten times', async () => {
    const dead = await startContender()
    expect(await tryIt(dead)).toBe('won')
    await kill(dead)
    const left = readFileSync(path.join(folder, lockFiles()[0] ?? ''), 'utf8')
    const contenders = await Promise.all(Array.from({ length: 10 }, startContender))
    for (let round = 1; round <= 10; round += 1) {
      writeLock(round * 1_000, left)
      const moment = Date.now() + 20
      const answers = await Promise.all(contenders.map((child) => tryIt(child, moment)))
      expect(answers.filter((answer) => answer === 'won')).toHaveLength(1)
      expect(answers.filter((answer) => answer.startsWith('already_running'))).toHaveLength(9)
      const winner = contenders[answers.indexOf('won')]
      if (winner) expect(await send(winner, 'release')).toBe('released')
    }
    expect(lockFiles()).toHaveLength(1)
  })

  it('is not held by an earlier process with our pid if start times are unknown', () => {
    writeLock(1, JSON.stringify({ pid: process.pid, startedAt: null, instance: 'old' }))
    acquireInstanceLock(folder, 'next', run).release()
  })

  describeWith([linuxProc], 'on Linux', () => {
    it('reads a start time from ps, which is all that macOS has', () => {
      const mine = askPs(process.pid)
      expect(mine?.dead).toBe(false)
      expect(mine?.startedAt).toMatch(/^[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d\d:\d\d:\d\d \d{4}$/)
      expect(() => askPs(2 ** 22 + 1)).toThrow()
    })

    it('is not held by another process with the same pid', () => {
      const { pid, startedAt } = identifyProcess(process.pid)
      writeLock(1, JSON.stringify({ pid, startedAt: `${startedAt}0`, instance: 'old' }))
      acquireInstanceLock(folder, 'next', run).release()
      writeLock(9, JSON.stringify({ pid, startedAt, instance: 'old' }))
      expect(() => acquireInstanceLock(folder, 'next', run)).toThrow(
        expect.objectContaining({ code: 'already_running' }),
      )
    })

    it('is not held by a zombie', async () => {
      const parent = fork(program, [folder, 'unused'])
      children.push(parent)
      await once(parent, 'message')
      const { pid, startedAt } = identifyProcess(parent.pid ?? 0)
      expect(isRunning({ pid, startedAt })).toBe(true)
      const stat = () => readFileSync(`/proc/${pid}/stat`, 'latin1')
      // While this test runs nothing collects the child, so it stays a zombie after the kill.
      process.kill(pid, 'SIGKILL')
      while (!/\) Z /.test(stat()));
      expect(isRunning({ pid, startedAt })).toBe(false)
    })
  })
})
