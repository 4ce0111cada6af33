import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import path from 'node:path'
import { makeTestFolder } from './marks.ts'

/** A pipe with no room left, which somebody has open and does not read; `output` is for who writes. */
export function openFullPipe(): { readonly output: number; close(): void } {
  const file = path.join(makeTestFolder('pipe'), 'pipe')
  execFileSync('mkfifo', [file])
  const reader = openSync(file, constants.O_RDWR | constants.O_NONBLOCK)
  for (const size of [4_096, 1]) while (writes(reader, size));
  // Opened anew, as it comes from a shell: whoever writes is kept waiting.
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
    // EAGAIN: it is full, which was wanted.
    return false
  }
}
