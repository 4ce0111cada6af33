import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  hardenApp,
  openSession,
  setApplicationMenu,
} from '../../../main/desktop/window/hardening.ts'
import { FakeApp, FakeContents, FakeSession, isPrevented } from '../fake-electron.ts'

interface Scheme {
  readonly scheme: string
  readonly privileges?: object
}

function harden(isPackaged = true, ...switches: readonly string[]) {
  const app = new FakeApp()
  for (const each of switches) app.switches.add(each)
  app.isPackaged = isPackaged
  const schemes: Scheme[] = []
  const protocol = { registerSchemesAsPrivileged: (list: Scheme[]) => schemes.push(...list) }
  hardenApp({ app: app.asApp, protocol })
  const contents = new FakeContents()
  app.emit('web-contents-created', {}, contents)
  return { app, schemes, contents }
}

describe('the app', () => {
  it('puts every renderer into the sandbox', () => {
    expect(harden().app.isSandboxed).toBe(true)
  })

  it('leaves the switch alone that root has to start Chromium with', () => {
    expect(harden(true, 'no-sandbox').app.isSandboxed).toBe(false)
  })

  it('gives its scheme an origin, and no way to fetch or to get round a policy', () => {
    expect(harden().schemes).toEqual([
      { scheme: 'tokentray', privileges: { standard: true, secure: true } },
    ])
  })

  it('trusts no certificate that the system does not', () => {
    const decided: boolean[] = []
    const { app } = harden()
    app.emit('certificate-error', {}, {}, 'https://x', 'error', {}, (trusts: boolean) =>
      decided.push(trusts),
    )
    expect(decided).toEqual([false])
  })

  it.each(['select-client-certificate', 'login'])('gives no answer to %s', (event) => {
    expect(isPrevented(harden().app, event)).toBe(true)
  })
})

describe('every page', () => {
  it('opens no window', () => {
    expect(harden().contents.openHandler?.()).toEqual({ action: 'deny' })
  })

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])(
    'is kept from what %s announces',
    (event) => {
      expect(isPrevented(harden().contents, event)).toBe(true)
    },
  )

  it('speaks to nobody by WebRTC past the rules for its sources', () => {
    expect(harden().contents.webRtc).toBe('disable_non_proxied_udp')
  })

  it('loses developer tools in a packaged program, however they came', () => {
    const { contents } = harden()
    contents.emit('devtools-opened')
    expect(contents.closedTools).toBe(1)
  })

  it('keeps them while it is developed', () => {
    const { contents } = harden(false)
    contents.emit('devtools-opened')
    expect(contents.closedTools).toBe(0)
  })
})

describe('the session', () => {
  let session: FakeSession
  const asked: { name: string; options: object }[] = []

  beforeEach(() => {
    session = new FakeSession()
    asked.length = 0
    openSession(
      {
        fromPartition: (name, options) => {
          asked.push({ name, options })
          return session.asSession
        },
      },
      path.resolve(import.meta.dirname),
    )
  })

  it('is kept in memory and caches nothing', () => {
    // Electron keeps on the disk what is named "persist:" and the session without a name.
    expect(asked).toEqual([{ name: 'popover', options: { cache: false } }])
  })

  it.each(['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal'])(
    'is refused the permission for %s',
    (permission) => {
      const decided: boolean[] = []
      session.permissionRequest?.({}, permission, (may) => decided.push(may))
      expect(decided).toEqual([false])
      expect(session.permissionCheck?.()).toBe(false)
    },
  )

  it('is refused devices', () => {
    expect(session.devicePermission?.()).toBe(false)
  })

  it('does not check spelling', () => {
    expect(session.checksSpelling).toBe(false)
  })

  it('downloads nothing', () => {
    expect(isPrevented(session, 'will-download')).toBe(true)
  })

  it.each([
    ['tokentray://ui/index.html', false],
    ['tokentray://elsewhere/index.html', true],
    ['https://example.com/', true],
    ['http://127.0.0.1:4711/v1/health', true],
    ['file:///etc/passwd', true],
    ['ws://127.0.0.1:4711/', true],
    ['data:text/html,x', true],
  ])('when %s is to be loaded, cancels: %s', (url, cancel) => {
    const answers: object[] = []
    session.beforeRequest?.({ url }, (answer) => answers.push(answer))
    expect(answers).toEqual([{ cancel }])
  })

  it('answers the scheme', () => {
    expect([...session.served.keys()]).toEqual(['tokentray'])
  })
})

describe('the menu of the application', () => {
  const menuOn = (platform: NodeJS.Platform) => {
    const set: unknown[] = []
    const menu = {
      setApplicationMenu: (value: unknown) => set.push(value),
      buildFromTemplate: (template: unknown) => template,
    }
    setApplicationMenu(menu as unknown as typeof Electron.Menu, platform)
    return set
  }

  it('is none, so that no key reloads or opens developer tools', () => {
    expect([menuOn('linux'), menuOn('win32')]).toEqual([[null], [null]])
  })

  it('can copy and paste on macOS, and nothing more', () => {
    expect(menuOn('darwin')).toEqual([[{ role: 'editMenu' }]])
  })
})
