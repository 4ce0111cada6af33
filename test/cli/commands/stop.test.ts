import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { identifyProcess, isRunning } from '../../../main/base/process/process-identity.ts'
import { anotherUser, describeWith, linuxProc } from '../../helpers/needs.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'

/** Another user's ID. */
const OTHER = 65_534

let endpoint: PlayedEndpoint
const children: ChildProcess[] = []
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  endpoint.close()
})

const stop = () => runCli(endpoint.directories, ['stop'])

/** A process that holds the lock of this user's Tokentray, and does this on SIGTERM. */
async function startHolder(onSignal: string): Promise<ChildProcess> {
  const body = `process.on('SIGTERM', () => { ${onSignal} }); setInterval(() => {}, 1e6); console.log('up')`
  const child = spawn(process.execPath, ['-e', body], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  if (child.stdout) await once(child.stdout, 'data')
  lock(identifyProcess(child.pid ?? 0))
  return child
}

function lock(holder: object): void {
  const { data, run } = endpoint.directories
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const text = JSON.stringify({ ...holder, instance: 'test', run })
  writeFileSync(lockFile(), text, { mode: 0o600 })
}

const lockFile = () => path.join(endpoint.directories.data, 'broker.lock.1')

/** The process is not signalled: the lock may be of another user's making. */
async function expectLeftAlone(child: ChildProcess): Promise<void> {
  expect((await stop()).exit).toBe(3)
  expect([child.exitCode, child.signalCode]).toEqual([null, null])
  expect(isRunning(identifyProcess(child.pid ?? 0))).toBe(true)
}

test('says when none runs', async () => {
  const { exit, stdout, stderr } = await stop()
  expect({ exit, stdout }).toEqual({ exit: 3, stdout: '' })
  expect(stderr).toMatch(/^tokentray: Tokentray is not running\./)
})

test('signals no process that may be another one', async () => {
  const child = await startHolder('process.exit(0)')
  lock({ pid: child.pid, startedAt: null })
  const { exit, stderr } = await stop()
  expect(exit).toBe(2)
  expect(stderr).toMatch(/^tokentray: Tokentray cannot be stopped from here\.\nQuit it/)
  expect([child.exitCode, child.signalCode]).toEqual([null, null])
})

describeWith([linuxProc], 'on Linux', () => {
  test('stops it in order, and ends once it has stopped', async () => {
    const child = await startHolder('setTimeout(() => process.exit(7), 300)')
    const ended = once(child, 'exit')
    const identity = identifyProcess(child.pid ?? 0)
    const { exit, stdout } = await stop()
    expect(isRunning(identity)).toBe(false)
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: `Stopped: process ${child.pid}\n` })
    expect(await ended).toEqual([7, null])
    expect((await stop()).exit).toBe(3)
  })
})

test('signals no process that a later one has replaced', async () => {
  const child = await startHolder('process.exit(0)')
  lock({ pid: child.pid, startedAt: '1' })
  await expectLeftAlone(child)
})

describeWith([linuxProc], 'the process in a lock', () => {
  test('that others can write to is not signalled', async () => {
    const child = await startHolder('process.exit(0)')
    chmodSync(lockFile(), 0o666)
    await expectLeftAlone(child)
  })

  test('that is a link is not signalled', async () => {
    const child = await startHolder('process.exit(0)')
    const elsewhere = `${lockFile()}-elsewhere`
    renameSync(lockFile(), elsewhere)
    symlinkSync(elsewhere, lockFile())
    await expectLeftAlone(child)
  })
})

describeWith([linuxProc, anotherUser], 'the process in a lock of another user', () => {
  test('is not signalled', async () => {
    const child = await startHolder('process.exit(0)')
    chownSync(lockFile(), OTHER, OTHER)
    await expectLeftAlone(child)
  })
})

test('the version is printed alone', async () => {
  const ended = { exit: 0, stdout: '1.2.3\n', stderr: '' }
  expect(await runCli(endpoint.directories, ['version'])).toEqual(ended)
})
