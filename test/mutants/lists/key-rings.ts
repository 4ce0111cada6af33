import type { Mutant } from '../mutant.ts'

const inKeyRings = (test: string) => ({
  file: 'test/broker/account/another-key-ring.test.ts',
  test,
})

/** What is missing in another key ring is found again with the first one. */
export const keyRings: readonly Mutant[] = [
  {
    promise: 'tokens of a ledger that was set aside are restored when its key is available',
    changes: [
      {
        file: 'main/vault/ledger/ledger-file.ts',
        find: 'const entries = [...own, ...(await this.#recoverSetAside(own))]',
        replace: 'const entries = own',
      },
    ],
    noticedBy: {
      file: 'test/vault/ledger/ledger-file.test.ts',
      test: 'is recovered, and its file removed, by a start with the earlier keyring',
    },
  },
  {
    promise: 'an account whose credential is available again at a start needs no login',
    changes: [
      {
        file: 'main/broker/startup-recovery.ts',
        find: '      await this.#ports.accounts().recoverCredentials()\n',
        replace: '',
      },
    ],
    noticedBy: inKeyRings('has its accounts and tokens again once the first key ring is back'),
  },
  {
    promise: 'an account whose credential is available again needs no restart',
    changes: [
      {
        file: 'main/broker/lease/token-issuer.ts',
        find: `lacksCredential(admitted.record)
      ? await this.#recoverCredential(admitted)
      : admitted`,
        replace: 'admitted',
      },
    ],
    noticedBy: inKeyRings('records that Tokentray has found a credential again'),
  },
  {
    promise: 'an account that was refused does not become logged in because its credential exists',
    changes: [
      {
        file: 'main/broker/session/login-reason.ts',
        find: ' && loginRequiredBecause?.sentence === CREDENTIAL_MISSING',
        replace: ' && loginRequiredBecause !== undefined',
      },
    ],
    noticedBy: inKeyRings('does not restore an account that was logged out or refused'),
  },
  {
    promise: "a crash leaves no gap in the audit log's numbers",
    changes: [
      {
        file: 'main/audit/writing/audit-mending.ts',
        find: "if (isLine(last)) return 'open'",
        replace: "if (isLine(last)) return 'good'",
      },
    ],
    noticedBy: {
      file: 'test/audit/writing/audit-file.test.ts',
      test: 'has no gap in its numbers after a crash, at whatever byte its file ends',
    },
  },
]
