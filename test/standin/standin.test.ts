import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Display, outsideClipboard, startDisplay } from '../helpers/desktop-display.ts'
import type { RunningApp } from '../helpers/desktop-running.ts'
import { startStandin } from '../helpers/desktop-standin.ts'
import { makeTestFolder } from '../helpers/marks.ts'
import { chromium, describeWith, xServer } from '../helpers/needs.ts'

const WINDOW = `
  electron.protocol.handle('app', async (request) =>
    new Response('<title>' + new URL(request.url).pathname + '</title>', {
      headers: { 'content-type': 'text/html' },
    }))
  const window = new electron.BrowserWindow({
    webPreferences: { preload: import.meta.dirname + '/preload.cjs', sandbox: true },
  })`

describeWith([chromium, xServer], "the stand-in for Electron's shell", () => {
  let display: Display
  const apps: RunningApp[] = []

  beforeEach(async () => {
    display = await startDisplay()
  })

  afterEach(async () => {
    for (const app of apps.splice(0)) await app.kill()
    await display.close()
  })

  /** Starts an app with these lines, run before and after Electron is ready. */
  const run = async (
    early: string,
    ready: string,
    preload = '',
    more: Readonly<Record<string, string>> = {},
  ): Promise<RunningApp> => {
    const root = makeTestFolder('small-app')
    mkdirSync(path.join(root, 'home'))
    writeFileSync(path.join(root, 'package.json'), '{ "name": "small", "version": "1.0.0" }')
    writeFileSync(path.join(root, 'preload.cjs'), preload)
    writeFileSync(
      path.join(root, 'main.mjs'),
      `import * as electron from 'electron'
      const say = (text) => process.stdout.write(text + '\\n')
      const tried = async (work) => {
        try { say('done: ' + (await work())) } catch (error) { say('refused: ' + error.message) }
      }
      electron.protocol.registerSchemesAsPrivileged([
        { scheme: 'app', privileges: { standard: true, secure: true } },
      ])
      ${early}
      electron.app.whenReady().then(async () => { ${ready} })`,
    )
    const app = await startStandin({
      env: {
        ...{ PATH: process.env['PATH'], HOME: path.join(root, 'home'), DISPLAY: display.name },
        ...more,
      },
      ...{ args: [], root, main: path.join(root, 'main.mjs') },
      ...{ log: path.join(root, 'printed'), traffic: path.join(root, 'traffic') },
    })
    apps.push(app)
    return app
  }
  const says = (app: RunningApp) => expect.poll(() => app.printed(), { timeout: 15_000 })

  it('refuses what Electron refuses before it is ready, and after', async () => {
    const app = await run(
      `await tried(() => new electron.Tray(electron.nativeImage.createEmpty()))
      await tried(() => new electron.BrowserWindow())`,
      `await tried(() => electron.protocol.registerSchemesAsPrivileged([]))
      await tried(() => electron.app.enableSandbox())
      await tried(() => new electron.Tray(electron.nativeImage.createEmpty()))`,
    )
    await says(app).toMatch(/Cannot create Tray before app is ready/)
    await says(app).toMatch(/Cannot create BrowserWindow before app is ready/)
    await says(app).toMatch(/registerSchemesAsPrivileged should be called before/)
    await says(app).toMatch(/enableSandbox\(\) can only be called before/)
    await says(app).toMatch(/Failed to load image/)
    expect(app.printed()).not.toContain('done')
  })

  it('opens no window that is not hardened', async () => {
    const open = (preferences: string) =>
      `await tried(() => new electron.BrowserWindow({ webPreferences: ${preferences} }))\n`
    const app = await run(
      '',
      [
        open('{ sandbox: false }'),
        open('{ contextIsolation: false }'),
        open('{ nodeIntegration: true }'),
        open("{ preload: '/preload.mjs' }"),
        open("{ preload: 'preload.cjs' }"),
      ].join(''),
    )
    await says(app).toMatch(/(refused: .*\n){5}/)
  })

  it('is never ready for a main module that awaits it', async () => {
    const app = await run('await electron.app.whenReady()', "say('ready')")
    expect(await app.exited).not.toBe(-1)
    expect(app.printed()).toContain('the main module was not loaded to its end')
    expect(app.printed()).not.toMatch(/^ready/m)
  })

  it('isolates the preload script, and passes only clones', async () => {
    const app = await run(
      '',
      `electron.ipcMain.handle('echo', (event, value) => [value, event.senderFrame.origin])
      electron.ipcMain.handle('function', () => () => 1)
      ${WINDOW}
      await window.loadURL('app://ui/index.html')`,
      `const { contextBridge, ipcRenderer } = require('electron')
      window.ofPreload = true
      let fs = 'there'
      try { require('fs') } catch (error) { fs = error.message }
      contextBridge.exposeInMainWorld('small', {
        fs,
        echo: (value) => ipcRenderer.invoke('echo', value),
        ask: (channel) => ipcRenderer.invoke(channel),
        reject: () => Promise.reject({ code: 'plain' }),
        call: (listener) => listener(new Date(5)),
      })`,
    )
    const page = await app.page()
    await page.waitForFunction(() => 'small' in window)
    const seen = await page.evaluate(async () => {
      const { small } = window as unknown as { small: Record<string, (value?: unknown) => unknown> }
      const fails = (work: unknown) => Promise.resolve(work).then(String, (e) => e.message ?? e)
      return {
        fs: small['fs'],
        apart: !('ofPreload' in window) && !('standinSend' in window),
        echo: await small['echo']?.({ a: [new Uint8Array([1])] }),
        unknown: await fails(small['ask']?.('nobody')),
        aFunction: await fails(small['ask']?.('function')),
        plain: await fails(small['reject']?.()),
        date: small['call']?.((date: unknown) => (date as Date).getTime()),
        isFrozen: Object.isFrozen(small),
        isSecure: window.isSecureContext,
      }
    })
    expect(seen).toMatchObject({
      fs: 'module not found: fs',
      echo: [{ a: [{ 0: 1 }] }, 'app://ui'],
      unknown: expect.stringContaining("No handler registered for 'nobody'"),
      aFunction: expect.stringContaining('An object could not be cloned.'),
      plain: { code: 'plain' },
      ...{ apart: true, date: 5, isFrozen: true, isSecure: true },
    })
  })

  it('offers all formats of a copy at once, reads those of other programs, and does not clear them', async () => {
    const outside = outsideClipboard(display.name)
    const hint = 'electron application/osclipboard;format="x-hint"'
    const app = await run(
      '',
      `const { clipboard, ClipboardItem } = electron
      await clipboard.write([new ClipboardItem({ 'text/plain': 'ours', '${hint}': 'secret' })])
      say('written')
      process.on('message', async ({ question: { files: [what] = [] } }) => {
        if (what === 'read') say('read: ' + (await clipboard.readText()))
        if (what === 'clear') { clipboard.clear(); say('cleared ' + (await clipboard.readText())) }
      })`,
    )
    await says(app).toContain('written')
    expect(await outside.targets()).toEqual(expect.arrayContaining(['UTF8_STRING', 'x-hint']))
    expect(await outside.read()).toBe('ours')
    expect(await outside.read('clipboard', 'x-hint')).toBe('secret')
    // The primary selection holds the text as well, but no other format.
    expect(await outside.read('primary')).toBe('ours')
    expect(await outside.read('primary', 'x-hint')).toBeNull()

    await outside.write('theirs')
    await app.choosesFiles(['read'])
    await says(app).toContain('read: theirs')
    await app.choosesFiles(['clear'])
    await says(app).toContain('cleared theirs')
    expect(await outside.read()).toBe('theirs')
  })

  it('behaves as on Wayland: no first frame, position or focus on request, and copies without focus are dropped', async () => {
    const outside = outsideClipboard(display.name)
    const app = await run(
      '',
      `${WINDOW.replace('webPreferences', 'show: false, webPreferences')}
      const { clipboard, screen } = electron
      let isReady = false
      window.once('ready-to-show', () => { isReady = true })
      await window.loadURL('app://x/page')
      say('hidden: ' + isReady)
      window.show()
      window.focus()
      window.setPosition(5, 5)
      say('shown: ' + [isReady, window.isFocused(), window.getPosition()].join(' '))
      say('pointer: ' + JSON.stringify(screen.getCursorScreenPoint()))
      process.on('message', async ({ question: { files: [text] = [] } }) => {
        if (text === undefined) return
        await clipboard.writeText(text)
        say('copied: ' + [window.isFocused(), await clipboard.readText()].join(' '))
        window.blur()
      })`,
      '',
      { STANDIN_WAYLAND: '1' },
    )
    await says(app).toContain('hidden: false')
    await says(app).toContain('shown: true false 0,0')
    await says(app).toContain('pointer: {"x":0,"y":0}')
    await app.choosesFiles(['dropped'])
    await says(app).toContain('copied: false dropped')
    expect(await outside.read()).toBeNull()

    await (await app.page()).mouse.click(20, 20)
    await app.choosesFiles(['taken'])
    await says(app).toContain('copied: true taken')
    expect([await outside.read(), await outside.read('primary')]).toEqual(['taken', 'taken'])
    // The previous copy is lost: its source is replaced, whatever happens to the next.
    await app.choosesFiles(['lost'])
    await says(app).toContain('copied: false lost')
    expect([await outside.read(), await outside.read('primary')]).toEqual([null, null])
  })

  it('has utility processes that exchange messages and are ended by SIGTERM', async () => {
    const app = await run(
      `await tried(() => electron.utilityProcess.fork(import.meta.dirname + '/child.mjs'))`,
      `const { writeFileSync } = await import('node:fs')
      writeFileSync(import.meta.dirname + '/child.mjs', \`
        process.parentPort.on('message', ({ data }) => {
          if (data.end) process.exit(7)
          const { pid, argv, send } = process
          process.parentPort.postMessage({ pid, more: argv.slice(2), send: typeof send, echo: data })
        })
        process.on('SIGTERM', () => process.parentPort.postMessage('asked to end'))
      \`)
      const child = electron.utilityProcess.fork(import.meta.dirname + '/child.mjs', ['--one'], {
        stdio: 'ignore',
      })
      say('before: ' + child.pid)
      child.postMessage({ when: new Date(5) })
      child.on('spawn', () => say('spawned: ' + (child.pid !== process.pid)))
      child.on('message', (answer) => {
        if (answer === 'asked to end') {
          say(answer)
          child.postMessage({ end: true })
          return
        }
        const { pid, more, send, echo } = answer
        say('answer: ' + JSON.stringify([pid === child.pid, more, send, echo.when.getTime()]))
        say('killed: ' + child.kill())
      })
      child.on('exit', (code) => say('exit: ' + code + ' ' + child.pid))`,
    )
    await says(app).toContain('exit: 7 undefined')
    const printed = app.printed()
    expect(printed).toContain('refused: utilityProcess cannot be created before app is ready')
    expect(printed).toContain('before: undefined')
    expect(printed).toContain('spawned: true')
    expect(printed).toContain('answer: [true,["--one"],"undefined",5]')
    expect(printed).toContain('killed: true')
    expect(printed).toContain('asked to end')
  })

  it('prints notifications for a user who sees the window', async () => {
    const app = await run(
      '',
      `const words = { title: 'Copied', body: 'It is cleared in 30 s.' }
      const shown = new electron.Notification(words)
      shown.on('show', () => say('shown'))
      shown.on('failed', () => say('failed'))
      shown.show()`,
      '',
      { STANDIN_SHOWN: '1' },
    )
    await says(app).toContain('shown')
    expect(app.printed()).toContain('Notification: Copied\nIt is cleared in 30 s.\n')
  })

  it('grants what no handler denies', async () => {
    const app = await run('', `${WINDOW}\n await window.loadURL('app://ui/index.html')`)
    const page = await app.page()
    const state = () =>
      page.evaluate(async () => (await navigator.permissions.query({ name: 'geolocation' })).state)
    expect(await state()).toBe('granted')
  })
})
