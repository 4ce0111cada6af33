import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { hardenProcess } from '../../../main/base/process/harden-process.ts'

it('a process that holds secrets creates files for its user only, opens no debugger, and survives without a reader', () => {
  const masks: number[] = []
  const streams = [new EventEmitter(), new EventEmitter()] as const
  const node = Object.assign(new EventEmitter(), {
    umask: (mask: number) => masks.push(mask),
    stdout: streams[0],
    stderr: streams[1],
  })
  hardenProcess(node as unknown as NodeJS.Process)
  expect(masks).toEqual([0o077])
  expect(node.listenerCount('SIGUSR1')).toBe(1)
  expect(node.listenerCount('SIGXFSZ')).toBe(process.platform === 'win32' ? 0 : 1)
  for (const stream of streams) stream.emit('error', new Error('EPIPE'))
})
