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
    noticedBy: noticedBy('is sent nothing more until its time is over'),
  },
  {
    promise: 'a single request probes a host while the others wait',
    changes: [{ file: hosts, find: 'return startTrial(entry)', replace: 'return null' }],
    noticedBy: noticedBy('is found out by one request'),
  },
  {
    promise: 'a restart does not forget which hosts are in backoff',
    changes: [{ file: hosts, find: '      store.write(silences)', replace: '' }],
    noticedBy: noticedBy('is left alone over a restart'),
  },
  {
    promise: 'the user may try a host in backoff once, but a tool may not',
    changes: [{ file: hosts, find: 'entry.mayTry = true', replace: 'entry.mayTry = false' }],
    noticedBy: noticedBy('may be tried once by a person'),
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
    noticedBy: noticedBy('is waited for inside the call, and asked once more'),
  },
]
