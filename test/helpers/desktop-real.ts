import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { _electron as electron } from 'playwright-core'
import type { RunningApp, StartOptions } from './desktop-running.ts'

/** Starts the app in this folder, or a main module, in Electron itself. */
export async function startReal(
  binary: string,
  options: StartOptions,
  program: string,
): Promise<RunningApp> {
  const { env, args, root, log } = options
  const running = await electron.launch({
    executablePath: binary,
    // Chromium refuses its sandbox to root, as containers have it.
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), program, ...args],
    cwd: root,
    env: Object.fromEntries(
      Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  })
  const child = running.process()
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      appendFileSync(log, chunk)
    })
  }
  const exited =
    child.exitCode === null
      ? once(child, 'exit').then(([code]) => Number(code ?? -1))
      : Promise.resolve(child.exitCode)
  return {
    shell: 'electron',
    pid: child.pid ?? 0,
    page: async () => running.windows().at(-1) ?? (await running.firstWindow()),
    isShown: () =>
      running.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().some((window) => window.isVisible()),
      ),
    choosesFiles: async (files) => {
      await running.evaluate(
        ({ dialog }, filePaths) => {
          dialog.showOpenDialog = async () => ({ canceled: filePaths.length === 0, filePaths })
        },
        [...files],
      )
    },
    pressesInDialogs: async (button) => {
      await running.evaluate(({ dialog }, response) => {
        dialog.showMessageBox = async () => ({ response, checkboxChecked: false })
      }, button)
    },
    exited,
    printed: () => printed,
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}
