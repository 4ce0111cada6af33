import type { Failure } from '../../../preload/failure.ts'
import type { Snapshot } from '../../../preload/snapshot.ts'

/** The answer to a call: a value, a rejection, or `hold` until it is released. */
export type Answer = { readonly value: unknown } | { readonly failure: Failure } | 'hold'

/** The data of the fake bridge, passed into the page. */
export interface Scene {
  readonly snapshot: Snapshot
  /** Answers in order, by name of the call; the last one repeats. */
  readonly answers: Readonly<Record<string, readonly Answer[]>>
  readonly channels: readonly string[]
}

/** The handle of the fake bridge in the page. */
export interface Fixture {
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[]
  /** With the next revision, unless one is given. */
  push(snapshot: Snapshot, revision?: number): void
  /** Announces new activity. */
  record(): void
  answer(name: string, answers: readonly Answer[]): void
  /** Settles the oldest held call of that name. */
  release(name: string, answer: Exclude<Answer, 'hold'>): void
}

declare global {
  interface Window {
    fixture: Fixture
  }
}

/** Runs in the page before its scripts, by itself, so it uses nothing from this module. */
export function installBridge({ snapshot, answers, channels }: Scene): void {
  let current = snapshot
  const listeners = new Set<(snapshot: Snapshot) => void>()
  const readers = new Set<() => void>()
  const queues = new Map(Object.entries(answers).map(([name, list]) => [name, [...list]]))
  const held: { name: string; settle: (answer: Exclude<Answer, 'hold'>) => void }[] = []
  const calls: Fixture['calls'] = []

  const call = (name: string, args: readonly unknown[]) => {
    calls.push({ name, args })
    if (name === 'snapshot' && !queues.has(name)) return Promise.resolve(current)
    const queue = queues.get(name) ?? []
    const answer = queue.length > 1 ? queue.shift() : queue[0]
    return new Promise((resolve, reject) => {
      const settle = (given: Exclude<Answer, 'hold'>) =>
        'value' in given ? resolve(given.value) : reject(given.failure)
      if (answer === 'hold') held.push({ name, settle })
      else settle(answer ?? { value: null })
    })
  }

  window.fixture = {
    calls,
    push(next, revision = current.revision + 1) {
      current = { ...next, revision }
      for (const listener of listeners) listener(current)
    },
    record() {
      for (const reader of readers) reader()
    },
    answer: (name, list) => void queues.set(name, [...list]),
    release(name, answer) {
      const index = held.findIndex((each) => each.name === name)
      held.splice(index, 1)[0]?.settle(answer)
    },
  }
  const bridge: Record<string, unknown> = {
    onSnapshot(listener: (snapshot: Snapshot) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onActivity(reader: () => void) {
      readers.add(reader)
      return () => readers.delete(reader)
    },
  }
  for (const name of channels) bridge[name] = (...args: unknown[]) => call(name, args)
  Object.assign(window, { tokentray: bridge })
}
