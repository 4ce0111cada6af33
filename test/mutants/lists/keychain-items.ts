import type { Mutant } from '../mutant.ts'

/** A secret stays in the keychain only as long as it is referenced. */
export const keychainItems: readonly Mutant[] = [
  {
    promise: 'a key is listed before its item is written',
    changes: [
      {
        file: 'main/vault/listed-vault.ts',
        find: '    this.#addToList([key])\n    this.#undeleted.delete(key)\n    this.#sets.set(key, this.#setsOf(key) + 1)\n    await this.#list.onDisk()\n    await this.#vault.set(key, secret)\n',
        replace:
          '    this.#undeleted.delete(key)\n    this.#sets.set(key, this.#setsOf(key) + 1)\n    await this.#vault.set(key, secret)\n    this.#addToList([key])\n',
      },
    ],
    noticedBy: {
      file: 'test/broker/account/killed-between.test.ts',
      test: 'a process killed between writes leaves no orphaned credential',
    },
  },
  {
    promise: 'a key is listed until its item is gone',
    changes: [
      {
        file: 'main/vault/listed-vault.ts',
        find: '    const sets = this.#setsOf(key)\n    try {\n',
        replace: '    const sets = this.#setsOf(key)\n    this.#unlist(key)\n    try {\n',
      },
    ],
    noticedBy: {
      file: 'test/broker/account/killed-between.test.ts',
      test: 'a process killed between writes leaves no orphaned credential',
    },
  },
  {
    promise: 'a credential left by a crash is deleted on the next start',
    changes: [
      {
        file: 'main/broker/broker.ts',
        find: 'sweep: () => retired.sweep(ports.vault, ports.ledgerStore.keys()),',
        replace: 'sweep: () => undefined,',
      },
    ],
    noticedBy: {
      file: 'test/broker/account/killed-between.test.ts',
      test: 'a process killed between writes leaves no orphaned credential',
    },
  },
  {
    promise: 'settings without an item list lead to the credentials of their accounts',
    changes: [
      {
        file: 'main/broker/account/keychain-items.ts',
        find: '  keychain ?? accounts.map(credentialKey)',
        replace: '  keychain ?? []',
      },
    ],
    noticedBy: {
      file: 'test/broker/account/killed-between.test.ts',
      test: 'even if the settings are from a version that kept no list',
    },
  },
  {
    promise: 'the credential of a logged-out account cannot be used',
    changes: [
      {
        file: 'main/broker/account/keychain-items.ts',
        find: "accounts.filter(({ state }) => state !== 'signed_out')",
        replace: 'accounts.filter(({ state }) => state !== undefined)',
      },
    ],
    noticedBy: {
      file: 'test/broker/account/killed-between.test.ts',
      test: 'a process killed between writes leaves no orphaned credential',
    },
  },
  {
    promise: 'each login has its own keychain item',
    changes: [
      {
        file: 'main/broker/login/login-commit.ts',
        find: 'const credential = randomText(120)',
        replace: 'const credential = uid',
      },
    ],
    noticedBy: {
      file: 'test/broker/account/killed-between.test.ts',
      test: 'a process killed between writes leaves no orphaned credential',
    },
  },
  {
    promise: 'the credential replaced by a login is deleted',
    changes: [
      {
        file: 'main/broker/login/login-commit.ts',
        find: '      if (replaced) await this.#deleteItem(replaced)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/account/killed-between.test.ts',
      test: 'a process killed between writes leaves no orphaned credential',
    },
  },
  {
    promise: 'the credential of a login that cannot be committed is deleted',
    changes: [
      {
        file: 'main/broker/login/login-commit.ts',
        find: '        this.#deleteItem(item),\n      ])',
        replace: '      ])',
      },
    ],
    noticedBy: {
      file: 'test/broker/revocation/revocation-credentials.test.ts',
      test: 'leaves the credential unchanged',
    },
  },
  {
    promise: 'deleting a keychain item is retried',
    changes: [
      {
        file: 'main/vault/listed-vault.ts',
        find: '      if (sets === this.#setsOf(key)) this.#undeleted.add(key)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/vault/listed-vault.test.ts',
      test: 'retries a failed deletion, unless the item was set again meanwhile',
    },
  },
  {
    promise: 'an item rewritten while it was being deleted stays listed',
    changes: [
      {
        file: 'main/vault/listed-vault.ts',
        find: '    if (sets === this.#setsOf(key)) this.#unlist(key)',
        replace: '    this.#unlist(key)',
      },
    ],
    noticedBy: {
      file: 'test/vault/listed-vault.test.ts',
      test: 'keeps a key listed if it is set again while it is being deleted',
    },
  },
  {
    promise: 'a cleanup does not block the keychain until it is finished',
    changes: [
      {
        file: 'main/vault/listed-vault.ts',
        find: '      for (const key of this.#undeleted) await this.delete(key)',
        replace: '      await Promise.all([...this.#undeleted].map((key) => this.delete(key)))',
      },
    ],
    noticedBy: {
      file: 'test/vault/listed-vault.test.ts',
      test: 'deletes one item after the other, so that other callers of the keychain get a turn',
    },
  },
]
