import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { processesBelow } from './process-list.ts'

/** The running app, in Electron or in the stand-in; the specs do not know which. */
export interface RunningApp {
  /** `electron` or `stand-in`. */
  readonly shell: string
  readonly pid: number
  /** The popover's page; after a crash the one that replaced it. */
  page(): Promise<Page>
  /** Whether the popover is on the screen. */
  isShown(): Promise<boolean>
  /** As if the computer had not been used for so long. */
  isIdle(seconds: number): Promise<void>
  /** Sets the results of the next file dialogs. */
  choosesFiles(files: readonly string[]): Promise<void>
  /** Sets which button of the next native dialogs is pressed; the first one cancels. */
  pressesInDialogs(button: number): Promise<void>
  /** Drops the display or a bus, as at the end of a session: Electron then exits without asking the app. */
  losesSession(): Promise<void>
  /** The exit code. */
  readonly exited: Promise<number>
  /** Its output so far. */
  printed(): string
  /** Kills it; calling it again does no harm. */
  kill(): Promise<void>
}

/** How an app is started. */
export interface StartOptions {
  readonly env: NodeJS.ProcessEnv
  /** Arguments as the system passes them, such as `--hidden` at login. */
  readonly args: readonly string[]
  /** The root of the project. */
  readonly root: string
  /** The compiled main process. */
  readonly main: string
  /** Receives its output, which is searched for secrets. */
  readonly log: string
  /** Receives the messages to the page, if they can be observed; they are searched for secrets. */
  readonly traffic: string
}

/** Kills every renderer below a process, as a crash or the system would. */
export function killRenderers(app: number): void {
  const renderers = processesBelow(app).filter(({ command }) => command.includes('--type=renderer'))
  if (renderers.length === 0) throw new Error('There is no renderer to kill.')
  for (const { pid } of renderers) process.kill(pid, 'SIGKILL')
}

/** Kills every process with this text in its command line, such as the name of a private folder. */
export async function killAllWith(text: string): Promise<void> {
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
    // It has exited since.
    return ''
  }
}
