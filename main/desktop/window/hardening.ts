import type { App, Menu, Protocol, Session, WebContents } from 'electron'
import { isOurPage, SCHEME, serveRenderer } from '../renderer-files.ts'

interface Shell {
  readonly app: App
  readonly protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>
}

/**
 * Settings that must be made before Electron is ready, and for every page that it ever opens.
 * Security: follows the checklist of Electron's security guide; each default is less safe.
 */
export function hardenApp({ app, protocol }: Shell): void {
  // With --no-sandbox, which root needs, this would keep the switch from Chromium's child processes,
  // which would then exit. Our window is sandboxed by its own options anyway.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  protocol.registerSchemesAsPrivileged([
    // No `supportFetchAPI`, `corsEnabled` or `bypassCSP`: the page loads files and nothing else.
    { scheme: SCHEME, privileges: { standard: true, secure: true } },
  ])
  app.on('web-contents-created', (_event, contents) => hardenContents(contents, app.isPackaged))
  // The window loads nothing over TLS, so no certificate exception is ever needed.
  app.on('certificate-error', (_event, _contents, _url, _error, _certificate, decide) => {
    decide(false)
  })
  app.on('select-client-certificate', (event) => event.preventDefault())
  app.on('login', (event) => event.preventDefault())
}

/** The page cannot navigate, open windows or embed other pages. */
function hardenContents(contents: WebContents, isPackaged: boolean): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  // The CSP does not cover WebRTC, which could send UDP.
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
  contents.on('will-navigate', (event) => event.preventDefault())
  contents.on('will-frame-navigate', (event) => event.preventDefault())
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  if (isPackaged) contents.on('devtools-opened', () => contents.closeDevTools())
}

/** The session denies all permissions and loads only our files. */
function hardenSession(session: Session, serve: (request: Request) => Promise<Response>): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setSpellCheckerEnabled(false)
  session.on('will-download', (event) => event.preventDefault())
  session.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !isLoadable(url) }))
  session.protocol.handle(SCHEME, serve)
}

interface Sessions {
  fromPartition(name: string, options: { readonly cache: boolean }): Session
}

/**
 * The page's own in-memory session, without a cache. `renderer` is the folder of the built page.
 */
export function openSession(sessions: Sessions, renderer: string): Session {
  const session = sessions.fromPartition('popover', { cache: false })
  hardenSession(session, serveRenderer(renderer))
  return session
}

/**
 * No application menu, so no shortcut that reloads or opens developer tools. On macOS text fields need
 * the Edit menu to copy and paste.
 */
export function setApplicationMenu(menu: typeof Menu, platform: NodeJS.Platform): void {
  menu.setApplicationMenu(
    platform === 'darwin' ? menu.buildFromTemplate([{ role: 'editMenu' }]) : null,
  )
}

/** Our own page, and developer tools, which are pages of their own. */
const isLoadable = (url: string): boolean => isOurPage(url) || url.startsWith('devtools://')
