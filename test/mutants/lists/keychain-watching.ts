import type { Mutant } from '../mutant.ts'

const keychainWatch = 'main/desktop/system/keychain-watch.ts'
const inKeychainWatch = (test: string) => ({
  file: 'test/desktop/system/keychain-watch.test.ts',
  test,
})

/** The tray app follows the state of the keychain. */
export const keychainWatching: readonly Mutant[] = [
  {
    promise: 'the icon checks the keychain by itself',
    changes: [
      {
        file: keychainWatch,
        find: `  arm()
  const purpose`,
        replace: '  const purpose',
      },
    ],
    noticedBy: inKeychainWatch(
      'checks the keychain every five minutes, more often while it cannot be used, and before it is shown',
    ),
  },
  {
    promise: 'the icon checks more often while the keychain cannot be used',
    changes: [
      {
        file: keychainWatch,
        find: 'hasFailed ? EVERY_MS_OF_A_FAILURE : EVERY_MS',
        replace: 'EVERY_MS',
      },
    ],
    noticedBy: inKeychainWatch(
      'checks the keychain every five minutes, more often while it cannot be used, and before it is shown',
    ),
  },
  {
    promise: 'the icon shows keychain changes from before the first change event',
    changes: [
      {
        file: keychainWatch,
        find: `          // Changes before this moment were not signalled.
          look()
`,
        replace: '',
      },
    ],
    noticedBy: inKeychainWatch('checks when the system signals a change'),
  },
  {
    promise: 'a check that began before a keychain change does not count as one after it',
    changes: [
      {
        file: 'main/vault/watched-vault.ts',
        find: 'if (this.#changes.isCurrent(current)) this.#seenAt',
        replace: 'this.#seenAt',
      },
    ],
    noticedBy: {
      file: 'test/vault/watched-vault.test.ts',
      test: 'is repeated after a change, even one during a look that may have come too early',
    },
  },
  {
    promise: 'the last of many keychain changes is noticed, however soon after a check',
    changes: [
      {
        file: keychainWatch,
        find: '      host.running?.broker.keychain.invalidate()\n',
        replace: '',
      },
    ],
    noticedBy: inKeychainWatch('checks when the system signals a change'),
  },
  {
    promise: 'the icon keeps checking the keychain',
    changes: [
      {
        file: keychainWatch,
        find: '    isLooking = false\n    arm()',
        replace: '    isLooking = false',
      },
    ],
    noticedBy: inKeychainWatch(
      'checks the keychain every five minutes, more often while it cannot be used, and before it is shown',
    ),
  },
  {
    promise: 'the icon shows at once that the keychain was locked',
    changes: [
      {
        file: keychainWatch,
        find: 'for (const rule of SIGNALS) await bus.listen(rule, told)',
        replace: '',
      },
    ],
    noticedBy: inKeychainWatch(
      'checks when the system signals a change, and once more for signals during a check',
    ),
  },
  {
    promise: 'the opened window shows the current state of the keychain',
    changes: [
      {
        file: keychainWatch,
        find: '    look,\n    stop',
        replace: '    look: () => undefined,\n    stop',
      },
    ],
    noticedBy: inKeychainWatch(
      'checks the keychain every five minutes, more often while it cannot be used, and before it is shown',
    ),
  },
]
