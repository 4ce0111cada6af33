import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A folder that is removed once it is not needed any more, even if this process is killed. */
export class TemporaryFolder {
  /** macOS has a temporary folder whose name alone would fill a line of 80 columns. */
  path = mkdtempSync(path.join(process.platform === 'darwin' ? '/tmp' : tmpdir(), 'tokentray-'))
  #remover

  constructor() {
    const script = path.join(import.meta.dirname, 'remove-when-unused.mjs')
    // Detached: what ends our process group, or its terminal, must not end this process.
    this.#remover = spawn(process.execPath, [script, this.path], {
      ...{ cwd: path.parse(script).root, detached: true, windowsHide: true },
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    this.#remover.stdin.on('error', () => undefined)
    this.#remover.unref()
  }

  /**
   * The folder stays as long as this program runs.
   * @param {import('node:child_process').ChildProcess} child
   */
  isUsedBy(child) {
    if (child.pid !== undefined) this.#remover.stdin.write(`${child.pid}\n`)
  }

  /** Removes it, as soon as no program uses it; resolves when that is done. */
  async remove() {
    const isGone = once(this.#remover, 'exit')
    this.#remover.ref()
    this.#remover.stdin.end()
    await isGone
  }
}
