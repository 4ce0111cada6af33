/** How values are serialised to pass between worlds or processes. */
export interface Wire {
  /** Throws Electron's own message for a value that cannot be cloned. */
  encode(value: unknown): unknown
  decode(value: unknown): unknown
}

/** Passes functions and promises by reference; without it they are refused. */
export interface References {
  fromFunction(value: (...args: unknown[]) => unknown): Tagged
  fromPromise(value: Promise<unknown>): Tagged
  toLocal(value: Tagged): unknown
}

export interface Tagged {
  readonly $: string
  readonly id?: number
  readonly v?: unknown
}

const NOT_CLONED = 'An object could not be cloned.'

/** Plain objects, arrays, dates, bytes and errors are passed by value; `references` adds the rest. */
export function makeWire(references?: References): Wire {
  const encode = (value: unknown): unknown => {
    if (value === undefined) return { $: 'undefined' }
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value
    if (isFunction(value) && references) return references.fromFunction(value)
    if (typeof value !== 'object') throw new Error(NOT_CLONED)
    if (value instanceof Promise && references) return references.fromPromise(value)
    if (value instanceof Uint8Array) return { $: 'bytes', v: [...value] }
    if (value instanceof Date) return { $: 'date', v: value.getTime() }
    if (value instanceof Error) return { $: 'error', v: value.message }
    if (Array.isArray(value)) return { $: 'array', v: value.map(encode) }
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw new Error(NOT_CLONED)
    const entries = Object.entries(value).map(([name, member]) => [name, encode(member)])
    return { $: 'object', v: Object.fromEntries(entries) }
  }
  const decode = (value: unknown): unknown => {
    if (!isTagged(value)) return value
    switch (value.$) {
      case 'undefined':
        return undefined
      case 'bytes':
        return new Uint8Array(toArray(value.v).map(Number))
      case 'date':
        return new Date(Number(value.v))
      case 'error':
        return new Error(String(value.v))
      case 'array':
        return toArray(value.v).map(decode)
      case 'object':
        return Object.fromEntries(
          Object.entries(value.v ?? {}).map(([name, member]) => [name, decode(member)]),
        )
      default:
        return references?.toLocal(value)
    }
  }
  return { encode, decode }
}

function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function'
}

function isTagged(value: unknown): value is Tagged {
  return typeof value === 'object' && value !== null && '$' in value
}

function toArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
