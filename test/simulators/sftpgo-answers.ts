import type { SimulatedAnswer } from './simulator.ts'

const TYPE = { 'content-type': 'application/json' }

/** SFTPGo's response without content: `message` is always present, `error` if not empty. */
export function said(status: number, message: string, error?: string): SimulatedAnswer {
  return given({ ...(error !== undefined && { error }), message }, status)
}

/** A JSON response; the content type has no charset. */
export function given(body: unknown, status = 200): SimulatedAnswer {
  return { status, headers: TYPE, body }
}

/** For a method that the route does not support. */
export function notAllowed(...methods: readonly string[]): SimulatedAnswer {
  return { status: 405, headers: { allow: methods.join(', ') } }
}

/** A redirect for a browser. */
export function moved(location: string, status = 307): SimulatedAnswer {
  const headers = { location, 'content-type': 'text/html; charset=utf-8' }
  return { status, headers, text: `<a href="${location}">${location}</a>` }
}

/** The page that a browser gets for a missing route. */
export function notFoundPage(): SimulatedAnswer {
  return {
    status: 404,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    text: '<!doctype html><title>Page not found</title><h1>404</h1>',
  }
}
