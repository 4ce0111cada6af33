import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type ElectronApplication, _electron as electron, type Page } from 'playwright-core'
import { openAnew } from './crashed-page.ts'
import type { RunningApp, StartOptions } from './desktop-running.ts'
import { patience } from './waiting.ts'

const PATIENCE_MS = 20_000
const EVERY_MS = 50

/** Starts the app in this folder, or a main module, in real Electron. */
export async function startReal(
  binary: string,
  options: StartOptions,
  program: string,
): Promise<RunningApp> {
  const port = await findPort()
  const running = await electron.launch({
    executablePath: binary,
    // Chromium uses the last of two given ports; Playwright's own cannot be read anywhere.
    args: [`--remote-debugging-port=${port}`, program, ...options.args],
    cwd: options.root,
    env: definedOnly(options.env),
  })
  return {
    ...watch(running.process(), options.log),
    page: findPages(running, port),
    isShown: () =>
      running.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().some((window) => window.isVisible()),
      ),
    isIdle: async (seconds) => {
      await running.evaluate(({ powerMonitor }, idle) => {
        powerMonitor.getSystemIdleTime = () => idle
      }, seconds)
    },
    choosesFiles: async (files) => {
      await running.evaluate(
        ({ dialog }, filePaths) => {
          const canceled = filePaths.length === 0
          dialog.showOpenDialog = async () => ({ canceled, filePaths })
          dialog.showSaveDialog = async () => ({ canceled, filePath: filePaths[0] ?? '' })
        },
        [...files],
      )
    },
    pressesInDialogs: async (button) => {
      await running.evaluate(({ dialog }, response) => {
        dialog.showMessageBox = async () => ({ response, checkboxChecked: false })
      }, button)
    },
    losesSession: async () => {
      await running.evaluate(({ app }) => setImmediate(() => app.exit(0)))
    },
  }
}

/**
 * Starts a second instance while the first runs: it exits before it is ready, which Playwright would
 * report as a failure.
 */
export function startRealSecondInstance(
  binary: string,
  options: StartOptions,
  program: string,
): RunningApp {
  // Chromium refuses to run sandboxed as root; for the first start Playwright adds this.
  const child = spawn(binary, ['--no-sandbox', program, ...options.args], {
    cwd: options.root,
    env: definedOnly(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const nothing = () => Promise.reject(new Error('A second start has nothing of its own to show.'))
  return {
    ...watch(child, options.log),
    ...{
      page: nothing,
      isShown: nothing,
      isIdle: nothing,
      choosesFiles: nothing,
      pressesInDialogs: nothing,
    },
    losesSession: nothing,
  }
}

/** The part of a process that is inspected here. */
function watch(
  child: ChildProcess,
  log: string,
): Pick<RunningApp, 'shell' | 'pid' | 'exited' | 'printed' | 'kill'> {
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      appendFileSync(log, chunk)
    })
  }
  const hasEnded = child.exitCode !== null || child.signalCode !== null
  const exited = hasEnded
    ? Promise.resolve(child.exitCode ?? -1)
    : once(child, 'exit').then(([code]) => Number(code ?? -1))
  return {
    shell: 'electron',
    pid: child.pid ?? 0,
    exited,
    printed: () => printed,
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** The popover's page; a new one after each crash, since Playwright never reuses a crashed page. */
function findPages(running: ElectronApplication, port: number): () => Promise<Page> {
  let crashed: Page | undefined
  let page: Page | undefined
  const follow = (next: Page): Page => {
    page = next
    next.once('crash', () => {
      crashed = next
    })
    return next
  }
  return async () => {
    page ??= follow(running.windows().at(-1) ?? (await running.firstWindow()))
    if (page !== crashed) return page
    await eventuallyLoaded(running)
    return follow(await openAnew(`http://127.0.0.1:${port}`, 'tokentray:'))
  }
}

async function eventuallyLoaded(running: ElectronApplication): Promise<void> {
  for (let waited = 0; waited < patience(PATIENCE_MS); waited += EVERY_MS) {
    const isLoaded = await running.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().every(
        ({ webContents }) => !webContents.isCrashed() && !webContents.isLoading(),
      ),
    )
    if (isLoaded) return
    await wait(EVERY_MS)
  }
  throw new Error('The page was not loaded again.')
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
