import { changeIn, type Mutant } from '../mutant.ts'

const ledger = changeIn('main/vault/ledger/ledger-file.ts', 'test/vault/ledger/ledger-file.test.ts')
const lines = changeIn(
  'main/vault/ledger/ledger-format.ts',
  'test/vault/ledger/ledger-file.test.ts',
)
const ownLines = changeIn('main/base/files/owned-file.ts', 'test/base/files/append-file.test.ts')
const ownFolder = changeIn(
  'main/base/files/owned-folder.ts',
  'test/base/files/owned-folder.test.ts',
)
const ownFile = changeIn('main/base/files/owned-file.ts', 'test/base/files/owned-file.test.ts')
const sentinel = changeIn('main/vault/keychain/sentinel.ts', 'test/vault/memory-vault.test.ts')
const recording = changeIn(
  'main/broker/revocation/record-or-revoke.ts',
  'test/broker/revocation/record-or-revoke.test.ts',
)
const fingerprint = changeIn('main/audit/fingerprint.ts', 'test/audit/fingerprint.test.ts')

/** The ledger, which has live tokens in it. */
const ledgers: readonly Mutant[] = [
  ledger(
    'a token counts as written once the disk has it',
    "durability: 'disk',",
    "durability: 'kernel',",
    'refuses, and has every line once when the disk is back',
  ),
  ledger(
    'a ledger that cannot be read stays in its place until there is a key for the next',
    '    const { ledgerKey, stored } = createLedgerKey()\n',
    '    if (readIfThere(this.#path) !== null) setAside(this.#path, this.#clock)\n' +
      '    const { ledgerKey, stored } = createLedgerKey()\n',
    'and no other can be kept: is not touched',
  ),
  ledger(
    'a ledger is not begun anew while the keychain is locked',
    'ledgerKeyName(header.keyId))\n    return stored',
    'ledgerKeyName(header.keyId)).catch(() => null)\n    return stored',
    'because the vault ',
  ),
  lines(
    'no token stands in the ledger in clear',
    "sealed.toString('base64')",
    "sealed.toString('base64') + text",
    'has no token in clear in its file, which is readable by its owner only',
  ),
  {
    promise: 'a line of the ledger is good in its own place alone',
    changes: [
      {
        file: 'main/vault/ledger/ledger-format.ts',
        find: 'const bindingOf = (keyId: string, number: number) => Buffer.from(`',
        replace:
          'const bindingOf = (keyId: string, _number: number) => Buffer.from(keyId)\n' +
          'export const unused = (keyId: string, number: number) => Buffer.from(`',
      },
    ],
    noticedBy: { file: 'test/vault/ledger/ledger-file.test.ts', test: 'that somebody has changed' },
  },
  lines(
    'lines of the ledger that are in another order are noticed',
    'if (!unsealed || unsealed.number < nextNumber) {',
    'if (!unsealed) {',
    'that somebody has changed',
  ),
  lines(
    'a line that is missing in the ledger is noticed',
    'if (unsealed.number > nextNumber + unread) damaged += 1\n',
    '',
    'that somebody has changed',
  ),
]

/** Files and folders that are this user's alone. */
const files: readonly Mutant[] = [
  ownLines(
    'no line goes into a file of another user',
    'if (me !== undefined && found.isFile() && found.uid !== me) {',
    'if (me === undefined) {',
    'gets no line, and stays as it is',
  ),
  ownLines(
    'no line goes through a link',
    ' | (O_NOFOLLOW ?? 0)',
    '',
    'refuses a symbolic link, and writes nothing through it',
  ),
  ownLines(
    'a file of lines is taken from others who could read it',
    'if (found.isFile() && (found.mode & 0o077) !== 0) fchmodSync(fd, 0o600)\n',
    '',
    'takes from others what they may do with a file that is there',
  ),
  ownFolder(
    'a folder of another user is not taken for ours',
    '!found.isDirectory() || (uid !== undefined && found.uid !== uid)',
    '!found.isDirectory()',
    'is not taken for ours, and stays as it is',
  ),
  ownFolder(
    'a folder that a link leads to is not taken for ours',
    'const found = lstatSync(folder)',
    "const found = lstatSync(folder + '/.')",
    'is not one that a link leads to',
  ),
  ownFolder(
    'a folder of ours is closed to others',
    'if (uid !== undefined && (found.mode & 0o777) !== 0o700) chmodSync(folder, 0o700)\n',
    '',
    'is closed to others when it was open before',
  ),
  ownFile(
    'the file of another user stays with its owner',
    ' && found.uid === process.getuid?.()',
    '',
    'is not taken from its owner',
  ),
  ownFile(
    'a file that has another name too is left alone',
    ' && found.nlink === 1',
    '',
    'changes nothing at',
  ),
  {
    promise: 'the settings are for their owner alone',
    changes: [
      {
        file: 'main/settings/conf-settings.ts',
        find: '& 0o777 : 0o600,',
        replace: '& 0o777 : 0o644,',
      },
    ],
    noticedBy: {
      file: 'test/settings/conf-settings.test.ts',
      test: 'are on disk when update returns, readable by their owner only',
    },
  },
  {
    promise: 'the file with the secret of a tool is for its owner alone',
    changes: [
      {
        file: 'main/cli/commands/support/curl-config.ts',
        find: "'wx', 0o600)",
        replace: "'wx', 0o644)",
      },
    ],
    noticedBy: {
      file: 'test/cli/commands/support/curl-config.test.ts',
      test: 'writes id and secret for curl alone, readable by nobody else, and prints no secret',
    },
  },
]

/** The keychain, which may lie. */
const keychains: readonly Mutant[] = [
  sentinel(
    'a keychain that keeps nothing is not taken for an empty one',
    'if (!(await this.#isReadable(call))) throw keychainLocked()',
    'await this.#isReadable(call)',
    'is not believed to be empty by',
  ),
  sentinel(
    'what a keychain says is not there is looked for once more',
    '    const second = await call(() => this.#keychain.get(key))\n',
    '    const second = first\n',
    'does not believe an absence that was read before the person unlocked it',
  ),
  sentinel(
    'an absence that a keychain says while it is locked is none',
    'if (second === null) await this.#mustBeReadable(call)\n',
    '',
    'does not believe an absence that was read while it was being locked',
  ),
  {
    promise: 'no item of the keychain is longer than the smallest keychain takes',
    changes: [
      {
        file: 'main/vault/keychain/key-index.ts',
        find: 'const fits = (keys: readonly string[]) => ',
        replace: 'const fits = (keys: readonly string[]) => keys.length > 0 || ',
      },
    ],
    noticedBy: {
      file: 'test/vault/memory-vault.test.ts',
      test: 'a vault over a keychain in memory',
    },
  },
  {
    promise: 'what a keychain has kept is read back',
    changes: [
      {
        file: 'main/vault/guarded-vault.ts',
        find: 'if (kept !== value) throw notKept()',
        replace: 'if (kept === null) throw notKept()',
      },
    ],
    noticedBy: {
      file: 'test/vault/memory-vault.test.ts',
      test: 'says so when a keychain does not keep what it was given',
    },
  },
]

/** The record, which holds no secret and misses nothing. */
const records: readonly Mutant[] = [
  recording(
    'no token leaves before the ledger has it',
    'await ledger.write(held)',
    'void ledger.write(held).catch(() => undefined)',
    'is ended at its service and does not leave',
  ),
  {
    promise: 'no token leaves before its line is written',
    changes: [
      {
        file: 'main/broker/lease/token-issuer.ts',
        find: "    await audit.record({\n      event: 'issue',",
        replace: "    void audit.record({\n      event: 'issue',",
      },
    ],
    noticedBy: {
      file: 'test/broker/lease/token-issuer.test.ts',
      test: 'does not happen when it cannot be recorded',
    },
  },
  fingerprint(
    'what the record has of a token says nothing without the key',
    "createHmac('sha256', key.reveal())",
    "createHmac('sha256', '')",
    'differs by token and by key',
  ),
  fingerprint(
    'what the record has of a token is not the token',
    ".digest('hex').slice(0, 32)",
    ".digest('hex').slice(0, 8) + token.reveal()",
    'is the same for the same token, and 16 bytes of hex',
  ),
]

export const storedData: readonly Mutant[] = [...ledgers, ...files, ...keychains, ...records]
