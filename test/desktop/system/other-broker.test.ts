import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../main/base/clock.ts'
import { identifyProcess } from '../../../main/base/process/process-identity.ts'
import { findOtherBroker, stopOtherBroker } from '../../../main/desktop/system/other-broker.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { codeOf } from '../../helpers/make-broker.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { describeWith, linuxProc } from '../../helpers/needs.ts'

let folder: string
const children: ChildProcess[] = []

beforeEach(() => {
  folder = makeTestFolder('other')
})

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

const lock = (number: number, holder: unknown) =>
  writeFileSync(path.join(folder, `broker.lock.${number}`), JSON.stringify(holder))

/** Takes the lock for a child process that runs a program of that name. */
async function startHolder(
  words: readonly string[] = ['tokentray.cjs', 'serve'],
  onSignal = 'process.exit(0)',
): Promise<ChildProcess> {
  const [program = '', ...args] = words
  const file = path.join(folder, program)
  const script = `process.on('SIGTERM', () => { ${onSignal} }); process.stdout.write('up'); setInterval(() => {}, 1e6)`
  writeFileSync(file, script)
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(child)
  if (child.stdout) await once(child.stdout, 'data')
  lock(1, { ...identifyProcess(child.pid ?? 0), instance: 'x' })
  return child
}

const isGone = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

describeWith([linuxProc], 'the holder of the lock', () => {
  it('is null if there is none, or none that runs', async () => {
    expect(findOtherBroker({ folder })).toBeNull()
    expect(findOtherBroker({ folder: path.join(folder, 'none') })).toBeNull()
    const child = await startHolder()
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(findOtherBroker({ folder })).toBeNull()
  })

  it('is found by its endpoint if its lock is in another folder', async () => {
    const child = await startHolder()
    const elsewhere = () => identifyProcess(child.pid ?? 0)
    const none = path.join(folder, 'none')
    expect(findOtherBroker({ folder: none, elsewhere })).toMatchObject({
      ...{ kind: 'agent', pid: child.pid },
    })
  })

  it('is not this process itself', () => {
    lock(1, { ...identifyProcess(process.pid), instance: 'x' })
    expect(findOtherBroker({ folder })).toBeNull()
  })

  it('is an agent if it was started as one', async () => {
    const child = await startHolder()
    expect(findOtherBroker({ folder })).toMatchObject({ kind: 'agent', pid: child.pid })
  })

  it.each([['tokentray.cjs', 'accounts'], ['other.cjs', 'serve'], ['tokentray.cjs']])(
    'is unknown if it was started as %s %s',
    async (...words) => {
      await startHolder(words)
      expect(findOtherBroker({ folder })?.kind).toBe('unknown')
    },
  )

  it('is the one with the highest number, unless that was released', async () => {
    await startHolder()
    lock(2, {})
    expect(findOtherBroker({ folder })).toBeNull()
  })

  it('is null if its pid was reused', async () => {
    const child = await startHolder()
    lock(1, { pid: child.pid, startedAt: '1', instance: 'x' })
    expect(findOtherBroker({ folder })).toBeNull()
  })

  it.each(['not JSON', '{"pid":-1,"startedAt":null}', '{"pid":"1","startedAt":null}', 'null'])(
    'is null if the lock contains %s',
    (text) => {
      writeFileSync(path.join(folder, 'broker.lock.3'), text)
      expect(findOtherBroker({ folder })).toBeNull()
    },
  )
})

describeWith([linuxProc], 'stopping the other one', () => {
  const find = () => findOtherBroker({ folder })

  it('stops an agent in order, and waits for it', async () => {
    const child = await startHolder()
    await stopOtherBroker({ find, kill: process.kill, clock: systemClock })
    await Promise.race([once(child, 'exit'), isGone(child) ? null : once(child, 'exit')])
    expect([child.exitCode, child.signalCode]).toEqual([0, null])
  })

  it('never stops a process that may be something else', async () => {
    const child = await startHolder(['other.cjs', 'serve'])
    const killed: number[] = []
    const kill = (pid: number) => killed.push(pid)
    expect(await codeOf(stopOtherBroker({ find, kill, clock: systemClock }))).toBe('access_denied')
    expect([killed, isGone(child)]).toEqual([[], false])
  })

  it('does nothing if it has already stopped', async () => {
    await stopOtherBroker({ find: () => null, kill: process.kill, clock: systemClock })
  })

  it('reports that it takes too long', async () => {
    await startHolder(undefined, '')
    const clock = new FakeClock()
    const stopping = codeOf(stopOtherBroker({ find, kill: process.kill, clock }))
    await clock.advance(15_000)
    expect(await stopping).toBe('temporarily_unavailable')
  })

  it('reports that it is not permitted', async () => {
    await startHolder()
    const kill = () => {
      throw new Error('EPERM')
    }
    expect(await codeOf(stopOtherBroker({ find, kill, clock: systemClock }))).toBe('access_denied')
  })
})

describe('a system without process start times', () => {
  it('decides by the command line alone', () => {
    lock(1, { pid: process.ppid, startedAt: null, instance: 'x' })
    const commandOf = () => ['/usr/bin/node', '/opt/tokentray', 'serve', '--memory']
    const kindOf = (platform: NodeJS.Platform, command = commandOf) =>
      findOtherBroker({ folder, commandOf: command, platform })?.kind
    expect(kindOf('darwin')).toBe('agent')
    expect(kindOf('darwin', () => [])).toBe('unknown')
    expect(kindOf('linux')).toBe('unknown')
  })

  it.each([
    ['another program that says so', ['/usr/bin/python3', '-c', 'pass', 'tokentray', 'serve']],
    ['one on another machine', ['ssh', 'far', 'tokentray', 'serve']],
  ])('does not consider %s an agent', (_what, command) => {
    lock(1, { pid: process.ppid, startedAt: null, instance: 'x' })
    expect(findOtherBroker({ folder, commandOf: () => command, platform: 'darwin' })?.kind).toBe(
      'unknown',
    )
  })
})
