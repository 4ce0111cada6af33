import type { Clock } from '../clock.ts'

/**
 * Settles as `work` does within `ms`, and otherwise rejects with the error from `late`. The work itself
 * continues: a system call cannot be cancelled.
 */
export function withDeadline<Value>(
  work: Promise<Value>,
  { clock, ms, late }: { readonly clock: Clock; readonly ms: number; readonly late: () => Error },
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(late()))
    work.finally(cancel).then(resolve, reject)
  })
}
