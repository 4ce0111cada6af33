import { EventEmitter } from 'node:events'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/*
 * The inside of a utility process: node utility.mjs MODULE [ARGUMENTS]. The module finds
 * `process.parentPort`, and not the channel of Node that is behind it.
 */

const [, , main = ''] = process.argv
process.argv.splice(1, 2, path.resolve(main))
const send = process.send?.bind(process)
const parentPort = Object.assign(new EventEmitter(), {
  postMessage: (data: unknown) => void send?.({ data }, () => undefined),
  start: () => undefined,
  pause: () => undefined,
})
const waiting: unknown[] = []
process.on('message', (message) => {
  if (parentPort.listenerCount('message') === 0) waiting.push(message)
  else parentPort.emit('message', message)
})
parentPort.on('newListener', (event) => {
  if (event !== 'message') return
  setImmediate(() => {
    for (const message of waiting.splice(0)) parentPort.emit('message', message)
  })
})
// Chromium kills a child whose browser process is gone, whatever it is doing.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
Object.defineProperty(process, 'parentPort', { value: parentPort })
Object.defineProperty(process, 'send', { value: undefined })
Object.defineProperty(process.versions, 'electron', { value: '45.0.0-standin' })
await import(pathToFileURL(path.resolve(main)).href)
