import type { App, Menu, Protocol, Session, WebContents } from 'electron'
import { isOurPage, SCHEME, serveRenderer } from '../renderer-files.ts'

interface Shell {
  readonly app: App
  readonly protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>
}

/**
 * What has to be settled before Electron is ready, and for every page that it will ever have.
 * Security: the checklist of Electron's own guide; each line is there because its default is open.
 */
export function hardenApp({ app, protocol }: Shell): void {
  // Where the sandbox was switched off, as root has to do it, this would take that switch away from what
  // Chromium starts, which then ends itself. Our window is sandboxed by its own options all the same.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  protocol.registerSchemesAsPrivileged([
    // No `supportFetchAPI`, `corsEnabled` or `bypassCSP`: the page loads files and nothing else.
    { scheme: SCHEME, privileges: { standard: true, secure: true } },
  ])
  app.on('web-contents-created', (_event, contents) => hardenContents(contents, app.isPackaged))
  // Nothing that this program shows comes over TLS, so there is no certificate to make exceptions of.
  app.on('certificate-error', (_event, _contents, _url, _error, _certificate, decide) => {
    decide(false)
  })
  app.on('select-client-certificate', (event) => event.preventDefault())
  app.on('login', (event) => event.preventDefault())
}

/** The page stays where it is, opens nothing and holds no other page. */
function hardenContents(contents: WebContents, isPackaged: boolean): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  // What a page may load is no rule for WebRTC, which would reach out over UDP.
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
  contents.on('will-navigate', (event) => event.preventDefault())
  contents.on('will-frame-navigate', (event) => event.preventDefault())
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  if (isPackaged) contents.on('devtools-opened', () => contents.closeDevTools())
}

/** The session asks for nothing, gets nothing and loads nothing but our files. */
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
 * The page's own session, without a name on the disk: it keeps nothing, and caches nothing. `renderer`
 * is the folder of the built page.
 */
export function openSession(sessions: Sessions, renderer: string): Session {
  const session = sessions.fromPartition('popover', { cache: false })
  hardenSession(session, serveRenderer(renderer))
  return session
}

/**
 * No menu, and with it no key that reloads or opens developer tools; but on macOS copying and pasting
 * in a text field is done by the menu.
 */
export function setApplicationMenu(menu: typeof Menu, platform: NodeJS.Platform): void {
  menu.setApplicationMenu(
    platform === 'darwin' ? menu.buildFromTemplate([{ role: 'editMenu' }]) : null,
  )
}

/** Developer tools, where there are any, are pages of their own. */
const isLoadable = (url: string): boolean => isOurPage(url) || url.startsWith('devtools://')
