import type { Mutant } from '../mutant.ts'

/** Data written by a newer version is left alone. */
export const newerVersions: readonly Mutant[] = [
  {
    promise: 'a ledger of a newer version is left alone',
    changes: [
      {
        file: 'main/vault/ledger/ledger-format.ts',
        find: "if (typeof version === 'number' && version > VERSION) {",
        replace: "if (typeof version === 'string') {",
      },
    ],
    noticedBy: {
      file: 'test/vault/ledger/ledger-file.test.ts',
      test: 'is left untouched, and recognized without the keychain',
    },
  },
  {
    promise: 'a ledger with a line of a newer version is left alone',
    changes: [
      {
        file: 'main/vault/ledger/ledger-file.ts',
        find: '    if (foreign > 0) throw newerVersionError(this.#path)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/vault/ledger/ledger-file.test.ts',
      test: 'is left untouched if only one line says something new',
    },
  },
  {
    promise: 'the error names the version that wrote a ledger',
    changes: [
      {
        file: 'main/vault/ledger/ledger-format.ts',
        find: "...(typeof writtenBy === 'string' && { writtenBy })",
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/vault/ledger/ledger-file.test.ts',
      test: 'names the version that wrote it',
    },
  },
  {
    promise: 'the key of a ledger of a newer version is kept',
    changes: [
      {
        file: 'main/vault/ledger/ledger-format.ts',
        find: "const key = value?.['format'] === FORMAT ? value['key'] : null",
        replace:
          "const key = value?.['format'] === FORMAT && value['version'] === VERSION ? value['key'] : null",
      },
    ],
    noticedBy: {
      file: 'test/vault/ledger/ledger-file.test.ts',
      test: 'also the key of a newer format, which a newer version can read again',
    },
  },
  {
    promise: 'an audit log continued by a newer version is left alone',
    changes: [
      {
        file: 'main/audit/audit-files.ts',
        find: '      if (last && last.version > VERSION) throw newerVersionError(file)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/audit/writing/audit-file.test.ts',
      test: 'is left untouched if a newer Tokentray wrote the last line',
    },
  },
  {
    promise: 'an item list written by a newer version is not overwritten',
    changes: [
      {
        file: 'main/vault/keychain/key-index.ts',
        find: "  throw newerVersionError('The list of what Tokentray has in the keychain')",
        replace: '  return []',
      },
    ],
    noticedBy: {
      file: 'test/vault/memory-vault.test.ts',
      test: 'a vault over a keychain in memory',
    },
  },
  {
    promise: 'a credential written by a newer version is left alone',
    changes: [
      {
        file: 'main/broker/account/accounts.ts',
        find: 'if (!parsed.success && isObject(content)) {',
        replace: 'if (!parsed.success && content === undefined) {',
      },
    ],
    noticedBy: {
      file: 'test/broker/account/accounts.test.ts',
      test: 'does not change a credential of a newer version until the user logs in',
    },
  },
  {
    promise: 'a token of a service that only another version knows stays listed until it expires',
    changes: [
      {
        file: 'main/broker/ledger/ledger-entry.ts',
        find: '  provider: z.string(),',
        replace: "  provider: z.enum(['koyeb']),",
      },
    ],
    noticedBy: {
      file: 'test/broker/revocation/revocation-tracker.test.ts',
      test: 'is listed until its expiry and counted by a version that does not know its service',
    },
  },
]
