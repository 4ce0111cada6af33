/** The methods of each path that is served, as the OpenAPI document names them. */
export type Served = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** The methods that the target has, for `Allow` (RFC 9110 10.2.1); none where it is not served. */
export function allowedMethods(served: Served, target: string): string[] {
  const given = target.split('/')
  const found = Object.entries(served).filter(([path]) => isAt(path.split('/'), given))
  return found
    .flatMap(([, operations]) => Object.keys(operations))
    .map((name) => name.toUpperCase())
}

/** Segment by segment; the guard has seen to it that all escapes can be decoded. */
function isAt(path: readonly string[], given: readonly string[]): boolean {
  const fits = (part: string, index: number) => {
    const segment = given[index] ?? ''
    return part.startsWith('{') ? segment !== '' : decodeURIComponent(segment) === part
  }
  return path.length === given.length && path.every(fits)
}
