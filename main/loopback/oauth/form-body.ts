import { TokentrayError } from '../../base/errors.ts'
import { isLine } from '../schemas/schema-parts.ts'

/** The parameters of a form by RFC 6749 3.2: an empty one is absent, a repeated one an error. */
export class FormBody {
  readonly #values: Readonly<Record<string, string | readonly string[] | undefined>>

  /** `parsed` comes from the form parser: a string for each name, a list for a repeated one. */
  constructor(parsed: Readonly<Record<string, string | readonly string[] | undefined>>) {
    this.#values = parsed
    for (const name in parsed) {
      if (name !== 'resource' && typeof parsed[name] !== 'string') {
        throw new TokentrayError('invalid_request', 'A parameter is given more than once.')
      }
    }
  }

  get(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }

  /** `resource` may be repeated (RFC 8707). */
  getAll(name: string): string[] {
    const value = this.#values[name]
    const list = typeof value === 'string' ? [value] : (value ?? [])
    return list.filter((item) => item !== '')
  }

  /** A whole number from 0; anything else is `invalid_request`. */
  getCount(name: string, most: number): number | undefined {
    const value = this.get(name)
    if (value === undefined) return undefined
    const count = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
    if (!(count <= most)) {
      throw new TokentrayError('invalid_request', `"${name}" must be a whole number up to ${most}.`)
    }
    return count
  }

  /** One line of bounded length; anything else is `invalid_request`. */
  getLine(name: string, longest: number): string | undefined {
    const value = this.get(name)
    if (value === undefined || (value.length <= longest && isLine(value))) return value
    throw new TokentrayError(
      'invalid_request',
      `"${name}" must be one line of at most ${longest} characters.`,
    )
  }
}
