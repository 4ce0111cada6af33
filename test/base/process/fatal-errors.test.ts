import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { firstFatalError } from '../../../main/base/process/fatal-errors.ts'
import { makeLog } from '../../desktop/fake-electron.ts'

it.each(['uncaughtException', 'unhandledRejection'])(
  'the first %s asks for an orderly exit, and each one is logged',
  async (event) => {
    const node = new EventEmitter()
    const log = makeLog()
    const failed = firstFatalError(node as unknown as NodeJS.Process, log)
    node.emit(event, new TypeError('x is not a function'))
    node.emit(event, new TypeError('y is not a function'))
    await failed
    expect(log.lines).toHaveLength(2)
  },
)
