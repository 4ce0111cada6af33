/** The methods of each path in the OpenAPI document. */
export type Served = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** The methods of the target, for `Allow` (RFC 9110 10.2.1); empty for an unknown path. */
export function allowedMethods(served: Served, target: string): string[] {
  const given = target.split('/')
  const found = Object.entries(served).filter(([path]) => isAt(path.split('/'), given))
  return found
    .flatMap(([, operations]) => Object.keys(operations))
    .map((name) => name.toUpperCase())
}

/** Compares by segment; the guard has checked that all escapes can be decoded. */
function isAt(path: readonly string[], given: readonly string[]): boolean {
  const fits = (part: string, index: number) => {
    const segment = given[index] ?? ''
    return part.startsWith('{') ? segment !== '' : decodeURIComponent(segment) === part
  }
  return path.length === given.length && path.every(fits)
}
