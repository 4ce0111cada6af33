import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { acquireInstanceLock, findHolder } from '../../../main/base/process/instance-lock.ts'
import { identifyProcess } from '../../../main/base/process/process-identity.ts'
import { makeTestFolder } from '../../helpers/marks.ts'

/** The error of link(2); FAT and some network file systems return EPERM. */
let refusal = 'EPERM'
/** Runs before the next creation of a lock. */
let before: () => void = () => {}

vi.mock('node:fs', async (original) => ({
  ...(await original<typeof import('node:fs')>()),
  linkSync: () => {
    before()
    throw Object.assign(new Error(refusal), { code: refusal })
  },
}))

describe('the lock on a file system without hard links', () => {
  let folder: string
  const take = () => acquireInstanceLock(folder, 'this', '/run')

  beforeEach(() => {
    folder = makeTestFolder('no-links')
    refusal = 'EPERM'
    before = () => {}
  })

  it.each(['EPERM', 'ENOTSUP', 'ENOSYS'])('can be acquired if link(2) fails with %s', (code) => {
    refusal = code
    const lock = take()
    expect(findHolder(folder)?.instance).toBe('this')
    expect(() => take()).toThrow('Tokentray is already running')
    lock.release()
    expect(findHolder(folder)).toBeNull()
    take()
    expect(readdirSync(folder)).toEqual(['broker.lock.2'])
  })

  it('goes to the first process, even if that has not written its content yet', () => {
    const first = path.join(folder, 'broker.lock.1')
    writeFileSync(first, '')
    before = () => {
      writeFileSync(first, JSON.stringify({ ...identifyProcess(process.ppid), instance: 'first' }))
    }
    expect(() => take()).toThrow('Tokentray is already running')
    expect(JSON.parse(readFileSync(first, 'utf8'))).toMatchObject({ instance: 'first' })
    expect(readdirSync(folder)).toEqual(['broker.lock.1'])
  })

  it('is refused for any other failure', () => {
    refusal = 'EIO'
    expect(() => take()).toThrow('cannot be locked')
    expect(readdirSync(folder)).toEqual([])
  })
})
