import type { Mutant } from '../mutant.ts'

const hosts = 'main/broker/service/hosts.ts'
const noticedBy = (test: string) => ({ file: 'test/broker/service/hosts.test.ts', test })

/** A host that asks for a pause, or bans us, is put in backoff. */
export const silence: readonly Mutant[] = [
  {
    promise: 'nothing is sent to a host in backoff',
    changes: [
      {
        file: hosts,
        find: 'if (leftMs > SHORT_MS) throw this.#refusal(silence)',
        replace: 'if (leftMs > SHORT_MS) return null',
      },
    ],
    noticedBy: noticedBy(
      'is sent nothing until that time is over, and the caller learns who, why and until when',
    ),
  },
  {
    promise: 'a single request probes a host while the others wait',
    changes: [{ file: hosts, find: 'return startTrial(entry)', replace: 'return null' }],
    noticedBy: noticedBy('is detected with one request, however many start at the same moment'),
  },
  {
    promise: 'a restart does not forget which hosts are in backoff',
    changes: [{ file: hosts, find: '      store.write(silences)', replace: '' }],
    noticedBy: noticedBy(
      'stays blocked across a restart, and not longer than intended if the clock was set back',
    ),
  },
  {
    promise: 'the user may try a host in backoff once, but a tool may not',
    changes: [{ file: hosts, find: 'entry.mayTry = true', replace: 'entry.mayTry = false' }],
    noticedBy: noticedBy('can be tried once by the user, but not by a tool at the same time'),
  },
  {
    promise: 'a short wait is spent within one call, and only once',
    changes: [
      {
        file: hosts,
        find: 'return end !== null && end - now <= SHORT_MS ?',
        replace: 'return end === null ?',
      },
    ],
    noticedBy: noticedBy('is waited for inside the call, and called once more'),
  },
]
