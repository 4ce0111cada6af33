import { existsSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { isAlive } from './programs.mjs'

/*
 * `node build/remove-when-unused.mjs FOLDER`: removes the folder once standard input has ended, which it does with
 * the process that created it, however that ends, and once the programs have ended whose ids it read there,
 * one on a line. A program that has not ended by then is killed.
 */

/** Longer than any stop of Tokentray takes. */
const END_MS = 20_000
const LOOK_MS = 50
/** A program that was killed may leave others behind that end, and write, a moment later. */
const LAST_WRITES_MS = 250

const [, , folder = ''] = process.argv
const pids = []
for await (const line of createInterface({ input: process.stdin })) pids.push(Number(line))

const until = Date.now() + END_MS
for (const pid of pids) {
  while (isAlive(pid) && Date.now() < until) await wait(LOOK_MS)
  if (isAlive(pid)) process.kill(pid, 'SIGKILL')
}
const last = Date.now() + END_MS
do {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // A program that ends is still writing there or, on Windows, has a file open.
  }
  await wait(LAST_WRITES_MS)
} while (existsSync(folder) && Date.now() < last)
