import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import path from 'node:path'
import { makeTestFolder } from './marks.ts'

/** A full pipe that is open for reading but never read; `output` is the end to write to. */
export function openFullPipe(): { readonly output: number; close(): void } {
  const file = path.join(makeTestFolder('pipe'), 'pipe')
  execFileSync('mkfifo', [file])
  const reader = openSync(file, constants.O_RDWR | constants.O_NONBLOCK)
  for (const size of [4_096, 1]) while (writes(reader, size));
  // Reopened, as a shell would pass it, so that writes block.
  const output = openSync(file, 'w')
  return {
    output,
    close: () => {
      closeSync(output)
      closeSync(reader)
    },
  }
}

function writes(pipe: number, size: number): boolean {
  try {
    return writeSync(pipe, Buffer.alloc(size, 'x')) > 0
  } catch {
    // EAGAIN: the pipe is full, as intended.
    return false
  }
}
