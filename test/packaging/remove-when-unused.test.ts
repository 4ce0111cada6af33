import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { makeTestFolder } from '../helpers/marks.ts'

const remover = path.resolve(import.meta.dirname, '../../build/remove-when-unused.mjs')

/** Writes into the folder for as long as its standard input is open, as a browser does that is about to end. */
const WRITER = `
  const fs = require('node:fs')
  const [, folder] = process.argv
  const write = () => {
    try {
      for (let at = 0; at < 50; at++) {
        fs.mkdirSync(folder + '/profile/' + at, { recursive: true })
        fs.writeFileSync(folder + '/profile/' + at + '/file', 'x')
      }
    } catch {}
    setImmediate(write)
  }
  write()
  console.log('writing')
  process.stdin.on('end', () => process.exit()).resume()
`

it('removes a folder into which a program still writes, once that has ended', async () => {
  const folder = makeTestFolder('unused')
  const writer = spawn(process.execPath, ['-e', WRITER, folder])
  await once(writer.stdout, 'data')
  const removing = spawn(process.execPath, [remover, folder], { stdio: ['pipe', 'ignore', 'pipe'] })
  const ended = once(removing, 'exit')
  removing.stdin?.end()
  // Long enough for several attempts.
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1_500))])
  writer.stdin.end()
  expect(await ended).toEqual([0, null])
  expect(existsSync(folder)).toBe(false)
})
