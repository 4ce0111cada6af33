import { describe, expect, it } from 'vitest'
import { Queue } from '../../../main/base/async/queue.ts'
import { idle } from '../../helpers/make-broker.ts'

/** Work that reports its start and lasts until the test ends it. */
function pieces() {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const piece = (name: string) => () =>
    new Promise<string>((resolve) => {
      begun.push(name)
      ends.set(name, () => resolve(name))
    })
  return { begun, piece, end: (name: string) => ends.get(name)?.() }
}

describe('Queue', () => {
  it('runs one task at a time, in order', async () => {
    const { begun, piece, end } = pieces()
    const queue = new Queue(1)
    const results = ['a', 'b', 'c'].map((name) => queue.run(piece(name)))
    await idle()
    expect(begun).toEqual(['a'])
    end('a')
    await idle()
    expect(begun).toEqual(['a', 'b'])
    end('b')
    await idle()
    end('c')
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c'])
  })

  it('runs as many tasks at a time as its width', async () => {
    const { begun, piece, end } = pieces()
    const queue = new Queue(2)
    const results = ['a', 'b', 'c'].map((name) => queue.run(piece(name)))
    await idle()
    expect(begun).toEqual(['a', 'b'])
    end('b')
    await idle()
    expect(begun).toEqual(['a', 'b', 'c'])
    for (const name of ['a', 'c']) end(name)
    await Promise.all(results)
  })

  it('is settled when everything queued before has finished, even with a failure', async () => {
    const queue = new Queue(1)
    await queue.settled()
    const order: string[] = []
    const failed = queue
      .run(() => idle().then(() => Promise.reject(new Error('broken'))))
      .catch(() => order.push('failed'))
    const settled = queue.settled().then(() => order.push('settled'))
    await Promise.all([failed, settled])
    expect(order).toEqual(['failed', 'settled'])
  })

  it('continues after a task that fails', async () => {
    const queue = new Queue(1)
    const failed = queue.run(() => Promise.reject(new Error('broken')))
    const next = queue.run(async () => 'fine')
    await expect(failed).rejects.toThrow('broken')
    expect(await next).toBe('fine')
  })

  it('lets no newcomer overtake waiting tasks', async () => {
    const { begun, piece, end } = pieces()
    const queue = new Queue(1)
    const first = queue.run(piece('first'))
    const waiting = queue.run(piece('waiting'))
    await idle()
    const late = first.then(() => queue.run(piece('late')))
    end('first')
    await idle()
    expect(begun).toEqual(['first', 'waiting'])
    end('waiting')
    await idle()
    end('late')
    await Promise.all([waiting, late])
  })
})
