import { z } from 'zod'
import * as schemas from '../schemas/schemas.ts'

type Json = Readonly<Record<string, unknown>>

/** The bodies by the names that generated clients have for them: `tokenAnswer` is `TokenAnswer`. */
const names = new Map<z.ZodType, string>(
  Object.entries(schemas).map(([name, schema]) => [schema, name.replace(/^./, upper)]),
)

function upper(letter: string): string {
  return letter.toUpperCase()
}

/** Where the document describes that body. */
export function refTo(schema: z.ZodType): Json {
  const name = names.get(schema)
  if (name === undefined) throw new Error('A body of the interface has no name.')
  return { $ref: toUri(name) }
}

/**
 * All bodies and what they are made of as JSON Schema (2020-12), by name: of a request what may be sent,
 * of an answer what comes.
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

/** Where the document describes what has that name. */
export const toUri = (name: string) => `#/components/schemas/${name}`

/** What generators for other languages stumble over is said in another way. */
function makeUsable(schema: z.core.JSONSchema.BaseSchema): void {
  const { pattern } = schema
  if (pattern !== undefined) schema.pattern = toPortable(pattern)
  // A type of its own for what is true or absent is a boolean all the same.
  if (schema.type === 'boolean') delete schema.const
  // Java cannot write that of a map, and to leave it out comes to the same.
  if (typeof schema.default === 'object') delete schema.default
  if (schema.type !== 'integer') return
  // Java and Go make 32 bits of an integer without a format: too few for a moment.
  schema.format = 'int64'
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
}

/** `\u2028` is an escape in some languages only; the character itself is itself in all of them. */
const toPortable = (pattern: string): string =>
  pattern.replace(/\\u([0-9a-f]{4})/gi, (_escape, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
