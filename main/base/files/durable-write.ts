import { closeSync, constants, fsyncSync, openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'

/** Overwrites a file (0600) and resolves when its content is on disk; does not follow links. */
export async function writeWholeFile(file: string, content: string): Promise<void> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants
  const handle = await open(file, O_WRONLY | O_CREAT | O_TRUNC | (O_NOFOLLOW ?? 0), 0o600)
  try {
    await handle.chmod(0o600)
    await handle.writeFile(content)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

/** Like `syncFolderOf`, without blocking this thread. */
export async function syncFolder(file: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path.dirname(file), constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Flushes the folder of this file, so that a rename, creation or removal in it survives a crash. */
export function syncFolderOf(file: string): void {
  // Windows cannot open a folder; NTFS writes such changes to its journal.
  if (process.platform === 'win32') return
  const fd = openSync(path.dirname(file), constants.O_RDONLY)
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
