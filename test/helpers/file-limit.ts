import { execFileSync } from 'node:child_process'
import { accessSync } from 'node:fs'
import type { Component } from './needs.ts'

/** The program that limits the size of files. */
export const prlimit: Component = {
  name: 'prlimit',
  install: 'apt install util-linux',
  isThere: () => {
    try {
      accessSync('/usr/bin/prlimit')
      return true
    } catch {
      // Not Linux, or a minimal one.
      return false
    }
  },
}

/**
 * Runs `work` while no file of this process can grow beyond `bytes`: as on a full disk, write(2) writes
 * what still fits, and fails the next time (EFBIG).
 */
export async function withFileLimit<T>(bytes: number, work: () => T | Promise<T>): Promise<T> {
  // The signal sent with the error must not stop the process: not by default, and not through
  // the handler of when-exit (in conf), which sends every signal once more. It may come late, so
  // ours stays.
  process.removeAllListeners('SIGXFSZ')
  process.on('SIGXFSZ', () => {})
  limitTo(String(bytes))
  try {
    return await work()
  } finally {
    limitTo('unlimited')
  }
}

/** The soft limit only, so that it can be raised again. */
function limitTo(bytes: string): void {
  execFileSync('prlimit', [`--pid=${process.pid}`, `--fsize=${bytes}:`])
}
