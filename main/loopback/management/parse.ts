import type { z } from 'zod'
import { TokentrayError } from '../../base/errors.ts'
import { sayTooLong } from '../../base/forms/form-fields.ts'

const LONGEST_NAME = 80

/**
 * Parses a body by the schema. Throws `invalid_request` that names the field, never its value, which
 * may be a secret.
 */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.output<Schema> {
  // Messages of our own schemas are written for users.
  const result = schema.safeParse(body, { error: () => '' })
  if (result.success) return result.data
  const [issue] = result.error.issues
  const field = shorten(issue?.path.join('.') ?? '')
  const unknown = issue?.code === 'unrecognized_keys' ? shorten(issue.keys.join(', ')) : undefined
  if (field && issue?.code === 'too_big' && issue.origin === 'string') {
    const message = `The field ${sayTooLong(field, Number(issue.maximum))}`
    throw new TokentrayError('invalid_request', message)
  }
  const known = field && issue?.message
  if (known) {
    const hint = issue.message
    throw new TokentrayError('invalid_request', `The field "${field}" has a wrong value.`, { hint })
  }
  throw new TokentrayError('invalid_request', sentence(field, unknown, issue?.code))
}

function sentence(field: string, unknown: string | undefined, code: string | undefined): string {
  const within = field ? ` in "${field}"` : ''
  if (unknown !== undefined) return `Unknown field${within}: ${unknown}.`
  if (field) return `The field "${field}" is missing or has a wrong value.`
  return code === 'custom'
    ? 'Name exactly one of lease, client, account, all.'
    : 'The body must be a JSON object.'
}

const shorten = (name: string): string =>
  name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}...` : name
