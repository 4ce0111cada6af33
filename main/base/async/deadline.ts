import type { Clock } from '../clock.ts'

/**
 * Settles as `work` does if that is within `ms`, and else rejects with what `late` makes. The work
 * itself goes on: nothing can take back a call to the system.
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
