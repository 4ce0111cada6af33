import { closeSync, constants, openSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { readRegularFile } from '../../base/files/owned-file.ts'
import { type Size, SMALLEST, USUAL } from './window-options.ts'

const LARGEST = 4_000
const sizeSchema = z.object({
  width: z.int().min(SMALLEST.width).max(LARGEST),
  height: z.int().min(SMALLEST.height).max(LARGEST),
})

/** Remembers the size of the window; an unusable file means the usual size. */
export interface SizeMemory {
  read(): Size
  write(size: Size): void
}

export function createSizeMemory(file: string): SizeMemory {
  return {
    read() {
      try {
        return sizeSchema.parse(JSON.parse(readRegularFile(file)))
      } catch {
        return USUAL
      }
    },
    write(size) {
      try {
        // Security: no link is followed, so that nothing else is overwritten.
        const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW = 0 } = constants
        const fd = openSync(file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600)
        try {
          writeFileSync(fd, JSON.stringify(size))
        } finally {
          closeSync(fd)
        }
      } catch {
        // The next start uses the usual size, which is not worth a message.
      }
    },
  }
}
