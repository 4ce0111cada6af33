/** Throws an error with Electron's message. */
export function must(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new Error(sentence)
}

/** An event whose default a listener may prevent, as Electron gives it. */
export class PreventableEvent {
  defaultPrevented = false

  constructor(members: Readonly<Record<string, unknown>> = {}) {
    Object.assign(this, members)
  }

  preventDefault(): void {
    this.defaultPrevented = true
  }
}

/** Prints to the output of the process. */
export function complain(sentence: string, error?: unknown): void {
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error ?? '')
  process.stderr.write(`stand-in: ${sentence} ${details}\n`)
}

/**
 * The page's URLs as the app knows them. Chromium does not know the app's schemes, so
 * `scheme://host/x` is `https://host.scheme.standin/x` there; `http` if it was not registered as
 * secure, so that what needs a secure page fails as it would in Electron.
 */
export const schemes = new Map<string, { readonly secure: boolean }>()

export function toChromium(url: string): string {
  const [, scheme = '', host = '', rest = ''] = /^([a-z][\w+.-]*):\/\/([^/]*)(.*)$/.exec(url) ?? []
  const known = schemes.get(scheme)
  return known ? `${known.secure ? 'https' : 'http'}://${host}.${scheme}.standin${rest}` : url
}

export function fromChromium(url: string): string {
  return url.replace(/^https?:\/\/([^/]*)\.([\w+-]+)\.standin(?=\/|$)/, '$2://$1')
}

/** `scheme://host`, also for schemes that the URL standard gives no origin. */
export function toOrigin(url: string): string {
  return /^[a-z][\w+.-]*:\/\/[^/]*/.exec(url)?.[0] ?? 'null'
}
