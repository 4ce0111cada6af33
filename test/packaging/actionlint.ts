import { existsSync } from 'node:fs'
import path from 'node:path'

const PREPARED = path.resolve(import.meta.dirname, '../../out/clients')

/** The program that looks through workflows, from the PATH or as `prepare.sh` puts it; `null` without it. */
export function findActionlint(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), PREPARED]
  return folders.map((folder) => path.join(folder, 'actionlint')).find(existsSync) ?? null
}
