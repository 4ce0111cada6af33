import { z } from 'zod'
import * as schemas from './schemas.ts'

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

/** All bodies as JSON Schema (2020-12), by name: of a request what may be sent, of an answer what comes. */
export function bodySchemas(): Json {
  const isRequest = (name: string) => name.endsWith('Request')
  return {
    ...convert('output', (name) => !isRequest(name)),
    ...convert('input', isRequest),
  }
}

function convert(io: 'input' | 'output', isWanted: (name: string) => boolean): Json {
  const registry = z.registry<{ id: string }>()
  for (const [schema, id] of names) if (isWanted(id)) registry.add(schema, { id })
  const { schemas: converted } = z.toJSONSchema(registry, {
    io,
    uri: toUri,
    override: ({ jsonSchema }) => makeUsable(jsonSchema),
  })
  return Object.fromEntries(
    Object.entries(converted).map(([name, { $schema, $id, ...schema }]) => [name, schema]),
  )
}

const toUri = (name: string) => `#/components/schemas/${name}`

/** What generators for other languages stumble over is said in another way. */
function makeUsable(schema: z.core.JSONSchema.BaseSchema): void {
  const { pattern } = schema
  if (pattern !== undefined) schema.pattern = toPortable(pattern)
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
