interface Tag {
  readonly name: string
  readonly description: string
}

/** The parts of the API and their path prefixes. Generators make a module of each. */
const parts: readonly (Tag & { readonly at: readonly string[] })[] = [
  {
    ...{ name: 'discovery', description: 'This document, the metadata, and a health check.' },
    at: ['/.well-known/', '/openapi.json', '/v1/health'],
  },
  {
    ...{ name: 'oauth', description: 'Tokens for tools, by OAuth 2.0.' },
    at: ['/oauth/'],
  },
  {
    ...{ name: 'accounts', description: 'Accounts at services, and their tokens there.' },
    at: ['/v1/accounts', '/v1/providers'],
  },
  {
    ...{ name: 'leases', description: 'Active tokens: who holds them, and revoking them.' },
    at: ['/v1/leases', '/v1/tokens'],
  },
  {
    ...{ name: 'clients', description: 'Tools, and which accounts they may use.' },
    at: ['/v1/clients'],
  },
  {
    ...{ name: 'activity', description: 'The record of tokens issued and changes made.' },
    at: ['/v1/activity'],
  },
  {
    ...{
      name: 'control',
      description: 'Tokentray itself: status, lock, export, import and reset.',
    },
    at: ['/v1/status', '/v1/lock', '/v1/unlock', '/v1/reset', '/v1/export', '/v1/import'],
  },
]

/** The parts with their descriptions. */
export const tags: readonly Tag[] = parts.map(({ name, description }) => ({ name, description }))

/** The part that a path belongs to. */
export function tagsOf(path: string): readonly string[] {
  const part = parts.find(({ at }) => at.some((beginning) => path.startsWith(beginning)))
  if (!part) throw new Error(`${path} belongs to no part of the API.`)
  return [part.name]
}
