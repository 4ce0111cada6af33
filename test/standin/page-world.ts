import { WorldEnd } from './world-end.ts'

/** Runs in the page's own world before its scripts, and adds what the preload exposes. */
export function start(token: string): void {
  const end = new WorldEnd(token, 'page', 'preload')
  end.on('expose', (message) => {
    const { name, api } = message as { name: string; api: unknown }
    Object.defineProperty(window, name, { value: freeze(end.decode(api)), enumerable: true })
  })
  end.on('ping', () => end.emit('hello', {}))
  // The world that starts second connects to the first.
  end.emit('hello', {})
}

function freeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze)
  return Object.freeze(value)
}
