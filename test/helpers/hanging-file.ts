import { closeSync, openSync } from 'node:fs'

/**
 * A plain file whose reads hang, as on a disk that does not respond: the kernel's messages, which arrive
 * one by one. `null` if this user may not read them.
 */
export const hangingFile: string | null = find()

function find(): string | null {
  const file = '/proc/kmsg'
  try {
    closeSync(openSync(file, 'r'))
    return file
  } catch {
    // Not Linux, or not as root, or in a container.
    return null
  }
}
