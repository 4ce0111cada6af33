import type { Mutant } from '../mutant.ts'

const hosts = 'main/broker/service/hosts.ts'
const noticedBy = (test: string) => ({ file: 'test/broker/service/hosts.test.ts', test })

/** A host that wants to be left alone is left alone. */
export const silence: readonly Mutant[] = [
  {
    promise: 'nothing is sent to a host that is being left alone',
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
    promise: 'one request finds out how a host is disposed while the others wait',
    changes: [{ file: hosts, find: 'return startTrial(entry)', replace: 'return null' }],
    noticedBy: noticedBy('is found out by one request'),
  },
  {
    promise: 'a restart does not forget which hosts are left alone',
    changes: [{ file: hosts, find: '      store.write(silences)', replace: '' }],
    noticedBy: noticedBy('is left alone over a restart'),
  },
  {
    promise: 'a person may try a silent host once, and a tool beside them may not',
    changes: [{ file: hosts, find: 'entry.mayTry = true', replace: 'entry.mayTry = false' }],
    noticedBy: noticedBy('may be tried once by a person'),
  },
  {
    promise: 'a short wait is waited for inside one call, and only once',
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
