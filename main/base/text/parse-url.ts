/**
 * The text as a URL, relative to `base` if given; `null` if it is not one. Node 20's `URL.canParse` is no
 * substitute: once compiled, it answers `false` for a valid URL with non-ASCII characters.
 */
export function parseUrl(text: string, base?: string | URL): URL | null {
  try {
    return new URL(text, base)
  } catch {
    return null
  }
}
