import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Change } from './mutant.ts'

/** Whatever is made anew, or must be the same as in the checkout. */
const LEFT_OUT = new Set(['node_modules', 'out', 'dist', '.git'])

/** A copy of the project that may be broken. */
export class Checkout {
  readonly folder: string

  /** Copies the project at `root`; its packages are used where they are. */
  constructor(root: string) {
    this.folder = mkdtempSync(path.join(tmpdir(), 'tokentray-mutant-'))
    cpSync(root, this.folder, {
      recursive: true,
      filter: (source) => !LEFT_OUT.has(path.relative(root, source)),
    })
    symlinkSync(path.join(root, 'node_modules'), path.join(this.folder, 'node_modules'))
  }

  /**
   * Makes the changes, does the work, and puts everything back.
   *
   * @throws where a text to be changed does not stand in its file exactly once.
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
 * The text with another piece in it.
 *
 * @throws where the piece does not stand in it exactly once.
 */
export function replaceOnce(text: string, find: string, replace: string): string {
  const [head, tail, ...more] = text.split(find)
  if (find === '' || head === undefined || tail === undefined || more.length > 0) {
    throw new Error(`does not stand there exactly once: ${find}`)
  }
  return `${head}${replace}${tail}`
}
