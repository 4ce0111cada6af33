import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import type { UtilityProcess } from 'electron'
import { afterEach, describe, expect, it } from 'vitest'
import { utilityKeychain } from '../../../main/desktop/system/utility-keychain.ts'
import { isRunning } from '../../helpers/process-list.ts'

/** A utility process like Electron's, for a child that ignores SIGTERM. */
class FakeUtility extends EventEmitter {
  readonly posted: unknown[] = []
  pid: number | undefined

  postMessage(message: unknown): void {
    this.posted.push(message)
  }
}

describe('the keychain process in the tray app', () => {
  let child: ChildProcess | undefined
  afterEach(() => void child?.kill('SIGKILL'))

  const start = () => {
    const utility = new FakeUtility()
    const forks: unknown[][] = []
    const fork = (...args: unknown[]) => {
      forks.push(args)
      return utility as unknown as UtilityProcess
    }
    return { utility, forks, keychain: utilityKeychain({ fork }, '/app/keychain-process.js')() }
  }
  const stubborn = async () => {
    child = spawn(process.execPath, [
      '-e',
      `process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1e6); console.log()`,
    ])
    if (child.stdout) await once(child.stdout, 'data')
    return child.pid ?? 0
  }

  it('is started with only its file, and without our streams', () => {
    const { forks } = start()
    expect(forks).toEqual([
      ['/app/keychain-process.js', [], expect.objectContaining({ stdio: 'ignore' })],
    ])
    expect(JSON.stringify(forks)).not.toMatch(/"env"/)
  })

  it('carries questions and answers, and reports its exit', () => {
    const { utility, keychain } = start()
    const heard: unknown[] = []
    keychain.onAnswer((answer) => heard.push(answer))
    keychain.onExit((how) => heard.push(how))
    keychain.send({ op: 'get', key: 'a', id: 1 })
    utility.emit('message', { id: 1, value: null })
    utility.emit('exit', 139)
    expect(utility.posted).toEqual([{ op: 'get', key: 'a', id: 1 }])
    expect(heard).toEqual([{ id: 1, value: null }, 'exit code 139'])
  })

  it('does not crash the app when it fails', () => {
    const { utility, keychain } = start()
    const heard: string[] = []
    keychain.onExit((how) => heard.push(how))
    utility.emit('error', 'FatalError', 'a place', 'a report')
    utility.emit('exit', 134)
    expect(heard).toEqual(['exit code 134'])
  })

  it('is killed immediately, whatever it is doing', async () => {
    const { utility, keychain } = start()
    const pid = await stubborn()
    utility.pid = pid
    keychain.kill()
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false)
  })

  it('is killed as soon as it has started, if it had not yet', async () => {
    const { utility, keychain } = start()
    keychain.kill()
    const pid = await stubborn()
    utility.pid = pid
    utility.emit('spawn')
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false)
  })
})
