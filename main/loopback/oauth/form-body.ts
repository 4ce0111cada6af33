import { TokentrayError } from '../../base/errors.ts'
import { isLine } from '../schemas/schema-parts.ts'

/** The parameters of a form, by the rules of RFC 6749 3.2: empty is absent, repeated is an error. */
export class FormBody {
  readonly #values: Readonly<Record<string, string | readonly string[] | undefined>>

  /** `parsed` is what the form parser made: a text for each name, a list for a repeated one. */
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

  /** RFC 8707 lets `resource` stand more than once. */
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
