import { z } from 'zod'
import { epochSeconds, secondsLeft } from './schema-parts.ts'

type Camel<Name> = Name extends `${infer First}_${infer Rest}`
  ? `${First}${Capitalize<Camel<Rest>>}`
  : Name

/** The description that a body is built from: the same members in camelCase. */
export type Described<Body> = Body extends readonly (infer Item)[]
  ? readonly Described<Item>[]
  : Body extends object
    ? string extends keyof Body
      ? Body
      : { readonly [Name in keyof Body as Camel<Name>]: Described<Body[Name]> }
    : Body

/**
 * Builds a body from a description: the members of the schema, in snake_case, and no others. Times and
 * durations are seconds in the schema and milliseconds in the description; only this function converts
 * them, rounding down.
 */
export function toBody<Schema extends z.ZodType>(
  schema: Schema,
  description: Described<z.output<Schema>>,
): z.output<Schema> {
  return convert(schema, description) as z.output<Schema>
}

/** Converts epoch milliseconds, or a duration in milliseconds, to whole seconds. */
export const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1_000)

function convert(schema: unknown, value: unknown): unknown {
  if (schema instanceof z.ZodOptional) return convert(schema.unwrap(), value)
  if (schema === epochSeconds || schema === secondsLeft) return toSeconds(value as number)
  if (schema instanceof z.ZodArray) {
    return (value as unknown[]).map((item) => convert(schema.element, item))
  }
  if (!(schema instanceof z.ZodObject)) return value
  const members = Object.entries(value as object).flatMap(([name, member]) => {
    const key = toSnakeCase(name)
    if (!Object.hasOwn(schema.shape, key)) return []
    return [[key, convert(schema.shape[key], member)] as const]
  })
  return Object.fromEntries(members)
}

const toSnakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
