interface Operation {
  readonly responses: Readonly<Record<string, { readonly headers?: object }>>
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

interface AnsweredRequest {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly headers: Headers
}

/** Headers of a refusal that the caller is meant to read. */
const DECLARED = ['retry-after', 'www-authenticate']

/** The OpenAPI paths of each issuer. */
const known = new Map<string, Promise<Paths>>()

/** Throws for a response of a documented operation whose status or headers its document does not have. */
export async function requireDocumented(
  issuer: string,
  { method, path, status, headers }: AnsweredRequest,
): Promise<void> {
  const reading = known.get(issuer) ?? readPaths(issuer)
  known.set(issuer, reading)
  const fits = (template: string) =>
    new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)
  for (const [template, operations] of Object.entries(await reading)) {
    const operation = fits(template) ? operations[method.toLowerCase()] : undefined
    if (operation && !(status in operation.responses)) {
      throw new Error(`${method} ${path} answers ${status}, which openapi.json does not have.`)
    }
    const declared = operation?.responses[status]?.headers ?? {}
    const names = Object.keys(declared).map((name) => name.toLowerCase())
    const missing = DECLARED.filter((name) => headers.has(name) && !names.includes(name))
    if (operation && missing.length > 0) {
      throw new Error(`${method} ${path} sends ${missing} with ${status}, undeclared.`)
    }
  }
}

/** Empty for an endpoint that is closed by now. */
async function readPaths(issuer: string): Promise<Paths> {
  const response = await fetch(`${issuer}/openapi.json`).catch(() => null)
  if (!response) return {}
  const { paths } = (await response.json()) as { paths: Paths }
  return paths
}
