interface Tag {
  readonly name: string
  readonly description: string
}

/** The parts of the interface, and where their paths begin. Generators make a module of each. */
const parts: readonly (Tag & { readonly at: readonly string[] })[] = [
  {
    ...{ name: 'discovery', description: 'What there is, and whether it answers.' },
    at: ['/.well-known/', '/openapi.json', '/v1/health'],
  },
  {
    ...{ name: 'oauth', description: 'Tokens for tools, by the standards of OAuth 2.0.' },
    at: ['/oauth/'],
  },
  {
    ...{ name: 'accounts', description: 'Accounts of services, and their tokens there.' },
    at: ['/v1/accounts', '/v1/providers'],
  },
  {
    ...{ name: 'leases', description: 'Active tokens: who holds one, and ending them.' },
    at: ['/v1/leases', '/v1/tokens'],
  },
  {
    ...{ name: 'clients', description: 'Tools, and which accounts they may use.' },
    at: ['/v1/clients'],
  },
  {
    ...{ name: 'activity', description: 'The record of who took what and who changed what.' },
    at: ['/v1/activity'],
  },
  {
    ...{ name: 'control', description: 'Tokentray itself: its state, the lock, and a reset.' },
    at: ['/v1/status', '/v1/lock', '/v1/unlock', '/v1/reset'],
  },
]

/** The parts with what they are about. */
export const tags: readonly Tag[] = parts.map(({ name, description }) => ({ name, description }))

/** The one part that a path belongs to. */
export function tagsOf(path: string): readonly string[] {
  const part = parts.find(({ at }) => at.some((beginning) => path.startsWith(beginning)))
  if (!part) throw new Error(`${path} belongs to no part of the interface.`)
  return [part.name]
}
