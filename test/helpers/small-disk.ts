import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'
import { makeTestFolder } from './marks.ts'
import type { Component } from './needs.ts'

/** A separate file system, small enough for a test to fill it. */
export interface SmallDisk {
  readonly folder: string
  /** Uses up all remaining space. */
  fill(): void
  /** Frees it. */
  free(): void
  close(): void
}

/** Mounts one in memory. */
export function mountSmallDisk(kilobytes: number): SmallDisk {
  const folder = makeTestFolder('disk')
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k,mode=0700`, 'tmpfs', folder])
  const ballast = path.join(folder, 'ballast')
  return {
    folder,
    fill: () => {
      const file = openSync(ballast, 'a')
      try {
        for (const size of [4_096, 1]) while (writes(file, size));
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    close: () => execFileSync('umount', ['-l', folder]),
  }
}

function writes(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size, 'x')) === size
  } catch {
    // No space is left, as intended.
    return false
  }
}

/** Whether this user may mount one. */
export const mountable: Component = {
  name: 'the right to mount a file system',
  install: 'run the tests as root',
  isThere: () => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
    try {
      execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
      return true
    } catch {
      // Root without the capability, as in many containers.
      return false
    }
  },
}
