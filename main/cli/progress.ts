import { setTimeout as pause } from 'node:timers/promises'
import type { Api } from './api.ts'
import type { Context } from './context.ts'

const PROGRESS_MS = 1_000

const sentences = {
  resetting: (next: number, total: number) => `Removing account ${next} of ${total}…`,
  revoking: (next: number, total: number) => `Revoking token ${next} of ${total}…`,
} as const

/** Waits for work over many and says every second how far it has come, as the status has it. */
export async function withProgress<Value>(
  api: Api,
  { screen }: Pick<Context, 'screen'>,
  kind: keyof typeof sentences,
  work: Promise<Value>,
): Promise<Value> {
  const over = new AbortController()
  const { signal } = over
  const tell = async () => {
    for (let said = 0; !signal.aborted; ) {
      await pause(PROGRESS_MS, undefined, { signal })
      // One that is not told is told by the next.
      const progress = (await api.status().catch(() => null))?.[kind]
      if (!progress || signal.aborted) continue
      const next = Math.min(progress.done + 1, progress.total)
      if (next !== said) screen.note(sentences[kind](next, progress.total))
      said = next
    }
  }
  // What keeps it from being told is told by the work itself.
  void tell().catch(() => undefined)
  try {
    return await work
  } finally {
    over.abort()
  }
}
