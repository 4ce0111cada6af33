import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { processesBelow } from './process-list.ts'

/** The app while it runs, in Electron or in the stand-in; the specs do not know which. */
export interface RunningApp {
  /** `electron` or `stand-in`. */
  readonly shell: string
  readonly pid: number
  /** The popover's page; after a crash the one that replaced it. */
  page(): Promise<Page>
  /** Whether the popover is on the screen. */
  isShown(): Promise<boolean>
  /** What the next file dialogs come to. */
  choosesFiles(files: readonly string[]): Promise<void>
  /** Which button of the next questions in native dialogs is pressed; the first cancels. */
  pressesInDialogs(button: number): Promise<void>
  /** The display or a bus goes away, as when the session ends: Electron ends the app without asking. */
  losesSession(): Promise<void>
  /** The exit code. */
  readonly exited: Promise<number>
  /** What it printed so far. */
  printed(): string
  /** Ends it at once; more than once does no harm. */
  kill(): Promise<void>
}

/** What an app is started with. */
export interface StartOptions {
  readonly env: NodeJS.ProcessEnv
  /** As the system gives them, such as `--hidden` at login. */
  readonly args: readonly string[]
  /** Of the project. */
  readonly root: string
  /** The compiled main process. */
  readonly main: string
  /** Takes what it prints; searched for secrets. */
  readonly log: string
  /** Takes what the page is told, where that can be seen; searched for secrets. */
  readonly traffic: string
}

/** Kills every renderer below a process, as a crash or the system would. */
export function killRenderers(app: number): void {
  const renderers = processesBelow(app).filter(({ command }) => command.includes('--type=renderer'))
  if (renderers.length === 0) throw new Error('There is no renderer to kill.')
  for (const { pid } of renderers) process.kill(pid, 'SIGKILL')
}

/** Ends every process that has this text in its command line, such as a folder of its own. */
export async function endAllWith(text: string): Promise<void> {
  const ours = () =>
    readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry) && read(Number(entry), 'cmdline').includes(text))
      .map(Number)
  for (let pids = ours(); pids.length > 0; pids = ours()) {
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
    }
    await wait(20)
  }
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    // It has ended since.
    return ''
  }
}
