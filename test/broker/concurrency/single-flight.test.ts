import { describe, expect, it } from 'vitest'
import { SingleFlight, unlessGone } from '../../../main/broker/concurrency/single-flight.ts'
import { codeOf, idle } from '../../helpers/make-broker.ts'

describe('SingleFlight', () => {
  it('runs once for concurrent callers, and gives all of them the result', async () => {
    const flights = new SingleFlight<string, object>()
    let runs = 0
    const work = async () => {
      await idle()
      return { run: ++runs }
    }
    const [first, ...others] = await Promise.all(
      Array.from({ length: 200 }, () => flights.run('key', work)),
    )
    expect(runs).toBe(1)
    expect(others.every((other) => other === first)).toBe(true)
  })

  it('runs work with different keys in parallel', async () => {
    const flights = new SingleFlight<string, string>()
    const never = new Promise<string>(() => undefined)
    void flights.run('hangs', () => never)
    expect(await flights.run('other', async () => 'done')).toBe('done')
  })

  it('fails for all callers, and retries for the next', async () => {
    const flights = new SingleFlight<string, string>()
    const failing = [1, 2].map(() => flights.run('key', () => Promise.reject(new Error('broken'))))
    for (const each of failing) await expect(each).rejects.toThrow('broken')
    expect(await flights.run('key', async () => 'fine')).toBe('fine')
  })

  it('treats work that throws synchronously like work that rejects', async () => {
    const flights = new SingleFlight<string, string>()
    const thrown = flights.run('key', () => {
      throw new Error('at once')
    })
    await expect(thrown).rejects.toThrow('at once')
    expect(await flights.run('key', async () => 'fine')).toBe('fine')
  })

  it('settles with the work in progress, whatever its result, and at once if there is none', async () => {
    const flights = new SingleFlight<string, string>()
    await flights.settled('key')
    let fail = () => {}
    const failing = flights.run(
      'key',
      () => new Promise((_, reject) => (fail = () => reject('no'))),
    )
    let settled = false
    const waiting = flights.settled('key').then(() => (settled = true))
    await idle()
    expect(settled).toBe(false)
    fail()
    await expect(failing).rejects.toBe('no')
    await waiting
  })
})

describe('unlessGone', () => {
  it('rejects with `cancelled` when the caller aborts, and does not stop the work', async () => {
    const caller = new AbortController()
    let finish = () => {}
    const work = new Promise<string>((resolve) => (finish = () => resolve('done')))
    const waiting = unlessGone(work, caller.signal)
    caller.abort()
    expect(await codeOf(waiting)).toBe('cancelled')
    finish()
    expect(await work).toBe('done')
  })

  it('rejects at once for a caller that has already aborted', async () => {
    expect(await codeOf(unlessGone(new Promise(() => undefined), AbortSignal.abort()))).toBe(
      'cancelled',
    )
  })

  it('leaves no rejection unhandled when no caller waits any more', async () => {
    const caller = new AbortController()
    let fail = () => {}
    const work = new Promise<string>((_, reject) => (fail = () => reject(new Error('late'))))
    const waiting = unlessGone(work, caller.signal)
    caller.abort()
    expect(await codeOf(waiting)).toBe('cancelled')
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)
    fail()
    await idle()
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})
