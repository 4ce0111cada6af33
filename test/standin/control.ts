import { app } from './app.ts'
import { BrowserWindow } from './browser-window.ts'
import { runningChromium } from './chromium.ts'
import { answers, nativeTheme, powerMonitor } from './small-parts.ts'

/** What the tests can request beyond what a user or another program could do. */
export type Question =
  | { readonly ask: 'state' }
  | { readonly ask: 'power'; readonly event: string }
  | { readonly ask: 'blur' }
  | { readonly ask: 'dark'; readonly isDark: boolean }
  | { readonly ask: 'idle'; readonly seconds: number }
  | { readonly ask: 'files'; readonly files: readonly string[] }
  | { readonly ask: 'button'; readonly button: number }
  | { readonly ask: 'session-lost' }

/** The stand-in, as seen by the tests. */
export interface State {
  readonly isReady: boolean
  /** The address for driving Chromium; `null` before the first window. */
  readonly devtools: string | null
  readonly chromiumPid: number | null
  readonly windows: readonly {
    readonly url: string
    readonly isVisible: boolean
    readonly isFocused: boolean
  }[]
}

let devtools: string | null = null
let chromiumPid: number | null = null

function toState(): State {
  const started = runningChromium()
  void started?.then(({ driven }) => {
    devtools = driven?.url ?? null
    chromiumPid = driven?.pid ?? null
  })
  const windows = BrowserWindow.getAllWindows().map((window) => ({
    url: window.webContents.getURL(),
    isVisible: window.isVisible(),
    isFocused: window.isFocused(),
  }))
  return { isReady: app.isReady(), devtools, chromiumPid, windows }
}

function answer(question: Question): unknown {
  switch (question.ask) {
    case 'state':
      return toState()
    case 'power':
      return powerMonitor.emit(question.event)
    case 'blur':
      for (const window of BrowserWindow.getAllWindows()) window.blur()
      return null
    case 'dark':
      return nativeTheme.setSystemDark(question.isDark)
    case 'idle':
      answers.usedAt = Date.now() - question.seconds * 1_000
      return null
    case 'files':
      answers.files = question.files
      return null
    case 'button':
      answers.button = question.button
      return null
    case 'session-lost':
      // As Electron when the display or a bus is lost (ExitOnSessionLoss): no before-quit, no will-quit.
      setImmediate(() => app.exit(0))
      return null
    default:
      return question satisfies never
  }
}

/** Answers the parent process, and quits with it. */
export function listenToParent(): void {
  process.on('message', (message: { id: number; question: Question }) => {
    process.send?.({ id: message.id, answer: answer(message.question) })
  })
  process.on('disconnect', () => app.quit())
  // A question that is still open must not keep the process alive.
  process.channel?.unref()
}
