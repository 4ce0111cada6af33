import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { build } from 'vite'
import { makeTestFolder } from '../helpers/marks.ts'

const root = path.resolve(import.meta.dirname, '../..')

/** Builds the program as it is shipped, into a folder of the test's own; the path of its file. */
export async function buildCli(): Promise<string> {
  const outDir = path.join(makeTestFolder('built'), 'out', 'cli')
  await build({
    root,
    configFile: path.join(root, 'vite.config.ts'),
    logLevel: 'silent',
    build: { outDir },
  })
  return path.join(outDir, 'tokentray.cjs')
}

/** The environment of a user whose Tokentray is at home there, and nothing of ours besides. */
export const environment = (home: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  TOKENTRAY_HOME: home,
  TERM: 'xterm',
  LC_ALL: 'C.UTF-8',
})

export interface Ended {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A program that runs, what it has written so far, and how it ended. */
export class Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  #stdout = ''
  #stderr = ''
  readonly #watchers: (() => void)[] = []

  constructor(command: string, args: readonly string[], options: SpawnOptions) {
    this.child = spawn(command, args, options)
    this.child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.#stdout += text
      for (const watch of this.#watchers.splice(0)) watch()
    })
    this.child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#stderr += text
    })
    this.ended = once(this.child, 'close').then(([exit]) => {
      return { exit, stdout: this.#stdout, stderr: this.#stderr }
    })
  }

  /** The process id that a line "pid:…" of standard output names. */
  async pid(): Promise<number> {
    await this.shows('pid:')
    return Number(/pid:(\d+)/.exec(this.#stdout)?.[1])
  }

  /** The path of the terminal, which the command "tty" has written. */
  async device(): Promise<string> {
    const path = /^\/dev\/\S+(?=\r?\n)/m
    while (!path.test(this.#stdout)) await this.#more()
    return path.exec(this.#stdout)?.[0] ?? ''
  }

  /** Types on the terminal. */
  type(text: string): void {
    this.child.stdin?.write(text)
  }

  /** Resolves once this has been written to standard output this many times. */
  async shows(text: string, times = 1): Promise<void> {
    while (this.#stdout.split(text).length <= times) await this.#more()
  }

  #more(): Promise<void> {
    return new Promise((resolve) => this.#watchers.push(resolve))
  }
}
