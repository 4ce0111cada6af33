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
  it('sandboxes every renderer', () => {
    expect(harden().app.isSandboxed).toBe(true)
  })

  it('keeps --no-sandbox, which root needs', () => {
    expect(harden(true, 'no-sandbox').app.isSandboxed).toBe(false)
  })

  it('registers a standard, secure scheme that cannot fetch or bypass the CSP', () => {
    expect(harden().schemes).toEqual([
      { scheme: 'tokentray', privileges: { standard: true, secure: true } },
    ])
  })

  it('trusts no certificate that the system rejects', () => {
    const decided: boolean[] = []
    const { app } = harden()
    app.emit('certificate-error', {}, {}, 'https://x', 'error', {}, (trusts: boolean) =>
      decided.push(trusts),
    )
    expect(decided).toEqual([false])
  })

  it.each(['select-client-certificate', 'login'])('does not answer %s', (event) => {
    expect(isPrevented(harden().app, event)).toBe(true)
  })
})

describe('every page', () => {
  it('opens no window', () => {
    expect(harden().contents.openHandler?.()).toEqual({ action: 'deny' })
  })

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])(
    'prevents the event %s',
    (event) => {
      expect(isPrevented(harden().contents, event)).toBe(true)
    },
  )

  it('blocks WebRTC over UDP', () => {
    expect(harden().contents.webRtc).toBe('disable_non_proxied_udp')
  })

  it('closes developer tools in a packaged program, however they were opened', () => {
    const { contents } = harden()
    contents.emit('devtools-opened')
    expect(contents.closedTools).toBe(1)
  })

  it('keeps them in development', () => {
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

  it('is in memory and caches nothing', () => {
    // Electron stores "persist:" sessions and the default session on disk.
    expect(asked).toEqual([{ name: 'popover', options: { cache: false } }])
  })

  it.each(['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal'])(
    'denies the permission for %s',
    (permission) => {
      const decided: boolean[] = []
      session.permissionRequest?.({}, permission, (may) => decided.push(may))
      expect(decided).toEqual([false])
      expect(session.permissionCheck?.()).toBe(false)
    },
  )

  it('denies devices', () => {
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
  ])('for a request for %s, cancels: %s', (url, cancel) => {
    const answers: object[] = []
    session.beforeRequest?.({ url }, (answer) => answers.push(answer))
    expect(answers).toEqual([{ cancel }])
  })

  it('answers the scheme', () => {
    expect([...session.served.keys()]).toEqual(['tokentray'])
  })
})

describe('the application menu', () => {
  const menuOn = (platform: NodeJS.Platform) => {
    const set: unknown[] = []
    const menu = {
      setApplicationMenu: (value: unknown) => set.push(value),
      buildFromTemplate: (template: unknown) => template,
    }
    setApplicationMenu(menu as unknown as typeof Electron.Menu, platform)
    return set
  }

  it('is empty, so that no shortcut reloads or opens developer tools', () => {
    expect([menuOn('linux'), menuOn('win32')]).toEqual([[null], [null]])
  })

  it('is only the Edit menu on macOS', () => {
    expect(menuOn('darwin')).toEqual([[{ role: 'editMenu' }]])
  })
})
