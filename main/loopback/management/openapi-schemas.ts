import { z } from 'zod'
import * as schemas from '../schemas/schemas.ts'

type Json = Readonly<Record<string, unknown>>

/** The bodies by their names in generated clients: `tokenAnswer` is `TokenAnswer`. */
const names = new Map<z.ZodType, string>(
  Object.entries(schemas).map(([name, schema]) => [schema, name.replace(/^./, upper)]),
)

function upper(letter: string): string {
  return letter.toUpperCase()
}

/** The reference to a body in the document. */
export function refTo(schema: z.ZodType): Json {
  const name = names.get(schema)
  if (name === undefined) throw new Error('A body of the API has no name.')
  return { $ref: toUri(name) }
}

/**
 * All bodies and their parts as JSON Schema (2020-12), by name: requests by their input, responses by
 * their output.
 */
export function bodySchemas(): Json {
  const isRequest = ([name]: [string, unknown]) => name.endsWith('Request')
  const sent = Object.entries(convert('input')).filter(isRequest)
  const answered = Object.entries(convert('output')).filter((each) => !isRequest(each))
  return Object.fromEntries([...answered, ...sent])
}

function convert(io: 'input' | 'output'): Json {
  const registry = z.registry<{ id: string }>()
  for (const [schema, id] of names) registry.add(schema, { id })
  const { schemas: converted } = z.toJSONSchema(registry, {
    io,
    uri: toUri,
    override: ({ jsonSchema }) => makeUsable(jsonSchema),
  })
  return Object.fromEntries(
    Object.entries(converted).map(([name, { $schema, $id, ...schema }]) => [name, schema]),
  )
}

/** The reference to a named schema in the document. */
export const toUri = (name: string) => `#/components/schemas/${name}`

/** Rewrites what generators for other languages cannot handle. */
function makeUsable(schema: z.core.JSONSchema.BaseSchema): void {
  const { pattern } = schema
  if (pattern !== undefined) schema.pattern = toPortable(pattern)
  // Generators make a separate type of a literal `true`; it is a boolean.
  if (schema.type === 'boolean') delete schema.const
  // The Java generator cannot express this for a map, and it adds nothing.
  if (typeof schema.default === 'object') delete schema.default
  if (schema.type !== 'integer') return
  // Java and Go use 32 bits for an integer without a format: too few for a time.
  schema.format = 'int64'
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
}

/** Not every language has the escape `\u2028`; the literal character works in all of them. */
const toPortable = (pattern: string): string =>
  pattern.replace(/\\u([0-9a-f]{4})/gi, (_escape, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
