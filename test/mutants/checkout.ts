import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Change } from './mutant.ts'

/** What is rebuilt, or shared with the original checkout. */
const LEFT_OUT = new Set(['node_modules', 'out', 'dist', '.git'])

/** A copy of the project that can be broken safely. */
export class Checkout {
  readonly folder: string

  /** Copies the project at `root`, and links its installed packages. */
  constructor(root: string) {
    this.folder = mkdtempSync(path.join(tmpdir(), 'tokentray-mutant-'))
    cpSync(root, this.folder, {
      recursive: true,
      filter: (source) => !LEFT_OUT.has(path.relative(root, source)),
    })
    symlinkSync(path.join(root, 'node_modules'), path.join(this.folder, 'node_modules'))
  }

  /**
   * Applies the changes, runs `work`, and restores everything.
   *
   * @throws if a text to be replaced does not occur exactly once in its file.
   */
  async broken<T>(changes: readonly Change[], work: () => Promise<T>): Promise<T> {
    const before = new Map<string, string>()
    try {
      for (const { file, find, replace } of changes) {
        const target = path.join(this.folder, file)
        const text = readFileSync(target, 'utf8')
        if (!before.has(target)) before.set(target, text)
        writeFileSync(target, replaceOnce(text, find, replace))
      }
      return await work()
    } finally {
      for (const [target, text] of before) writeFileSync(target, text)
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/**
 * Replaces one piece of the text.
 *
 * @throws if the piece does not occur in it exactly once.
 */
export function replaceOnce(text: string, find: string, replace: string): string {
  const [head, tail, ...more] = text.split(find)
  if (find === '' || head === undefined || tail === undefined || more.length > 0) {
    throw new Error(`does not occur exactly once: ${find}`)
  }
  return `${head}${replace}${tail}`
}
