import { fork } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { buildStandin, busHelper } from '../standin/build.ts'
import type { Question, State } from '../standin/control.ts'
import { killAllWith, type RunningApp, type StartOptions } from './desktop-running.ts'
import { makeTestFolder } from './marks.ts'
import { python } from './needs.ts'
import { patience } from './waiting.ts'

const OURS = /^https:\/\/[^/]+\.standin\//
const PATIENCE_MS = 20_000
const EVERY_MS = 20
const playwright = createRequire(import.meta.url).resolve('playwright-core/package.json')

let built: Promise<string> | undefined

/** Starts the compiled main process in plain Node, on the stand-in for Electron. */
export async function startStandin(options: StartOptions): Promise<RunningApp> {
  built ??= buildStandin(makeTestFolder('standin'))
  const { env, args, root, main, log, traffic } = options
  // A browser, unlike Electron, remembers what is typed, so its folder is not searched for secrets.
  const profiles = mkdtempSync(path.join(tmpdir(), 'tokentray-standin-'))
  const child = fork(await built, [main, ...args], {
    cwd: root,
    execArgv: [],
    env: {
      ...env,
      STANDIN_TRAFFIC: traffic,
      STANDIN_PROFILES: profiles,
      STANDIN_BUS_HELPER: busHelper,
      STANDIN_PYTHON: python(),
      STANDIN_PLAYWRIGHT: pathToFileURL(path.join(path.dirname(playwright), 'index.mjs')).href,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      appendFileSync(log, chunk)
    })
  }
  const exited = once(child, 'exit').then(([code, signal]) => Number(code ?? (signal ? -1 : 0)))
  let last = 0
  const ask = (question: Question): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++last
      const hear = (message: { id: number; answer: unknown }) => {
        if (message.id !== id) return
        child.off('message', hear)
        resolve(message.answer)
      }
      child.on('message', hear)
      void exited.then((code) => reject(new Error(`The app ended with ${code}: ${printed}`)))
      child.send({ id, question }, (error) => error && reject(error))
    })
  const state = async () => (await ask({ ask: 'state' })) as State
  let browser: Browser | undefined
  const findPage = async (): Promise<Page | undefined> => {
    const { devtools } = await state()
    if (devtools === null) return undefined
    // Playwright's defaults, a light theme among them, would undo what the app has set before.
    browser ??= await chromium.connectOverCDP(devtools, { noDefaults: true })
    const pages = browser.contexts().flatMap((context) => context.pages())
    return pages.filter((page) => OURS.test(page.url())).at(-1)
  }
  return {
    shell: 'stand-in',
    pid: child.pid ?? 0,
    page: async () => {
      for (let waited = 0; waited < patience(PATIENCE_MS); waited += EVERY_MS) {
        const page = await findPage()
        if (page) return page
        await wait(EVERY_MS)
      }
      throw new Error(`There is no page: ${printed}`)
    },
    isShown: async () => (await state()).windows.some((window) => window.isVisible),
    isIdle: async (seconds) => void (await ask({ ask: 'idle', seconds })),
    choosesFiles: async (files) => void (await ask({ ask: 'files', files })),
    pressesInDialogs: async (button) => void (await ask({ ask: 'button', button })),
    losesSession: async () => void (await ask({ ask: 'session-lost' })),
    exited,
    printed: () => printed,
    kill: async () => {
      child.kill('SIGKILL')
      await exited
      // It exits by itself once its pipe is closed, but writes until then.
      await killAllWith(profiles)
      rmSync(profiles, { recursive: true, force: true })
    },
  }
}
