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
  'main/broker/revocation/revoker.ts',
  'test/broker/revocation/unrecorded-token.test.ts',
)
const fingerprint = changeIn('main/audit/fingerprint.ts', 'test/audit/fingerprint.test.ts')

/** The ledger, which contains valid tokens. */
const ledgers: readonly Mutant[] = [
  ledger(
    'a token counts as written once it is on disk',
    "durability: 'disk',",
    "durability: 'kernel',",
    'rejects, and holds every line once when the disk is back',
  ),
  ledger(
    'an unreadable ledger stays in place until there is a key for a new one',
    '    const { ledgerKey, stored } = createLedgerKey()\n',
    '    if (readIfThere(this.#path) !== null) setAside(this.#path, this.#clock)\n' +
      '    const { ledgerKey, stored } = createLedgerKey()\n',
    'and a new one cannot be stored: is left untouched',
  ),
  ledger(
    'no new ledger is started while the keychain is locked',
    'ledgerKeyName(header.keyId))\n    return stored',
    'ledgerKeyName(header.keyId)).catch(() => null)\n    return stored',
    'because the vault ',
  ),
  lines(
    'no token is in the ledger in plain text',
    "sealed.toString('base64')",
    "sealed.toString('base64') + text",
    'holds no token in clear in its file, which only its owner can read',
  ),
  {
    promise: 'a ledger line is valid only in its own position',
    changes: [
      {
        file: 'main/vault/ledger/ledger-format.ts',
        find: 'const bindingOf = (keyId: string, number: number) => Buffer.from(`',
        replace:
          'const bindingOf = (keyId: string, _number: number) => Buffer.from(keyId)\n' +
          'export const unused = (keyId: string, number: number) => Buffer.from(`',
      },
    ],
    noticedBy: {
      file: 'test/vault/ledger/ledger-file.test.ts',
      test: 'modified by another program',
    },
  },
  lines(
    'reordered ledger lines are detected',
    'if (!unsealed || unsealed.number < nextNumber) {',
    'if (!unsealed) {',
    'modified by another program',
  ),
  lines(
    'a missing ledger line is detected',
    'if (unsealed.number > nextNumber + unread) damaged += 1\n',
    '',
    'modified by another program',
  ),
]

/** Files and folders that only this user may access. */
const files: readonly Mutant[] = [
  ownLines(
    'no line is written to a file of another user',
    'if (me !== undefined && found.isFile() && found.uid !== me) {',
    'if (me === undefined) {',
    'gets no line and stays unchanged',
  ),
  ownLines(
    'no line is written through a link',
    ' | (O_NOFOLLOW ?? 0)',
    '',
    'refuses a symbolic link, and writes nothing through it',
  ),
  ownLines(
    'a line file readable by other users is made private',
    'if (found.isFile() && (found.mode & 0o077) !== 0) fchmodSync(fd, 0o600)\n',
    '',
    'removes the access of other users to an existing file',
  ),
  ownFolder(
    'a folder of another user is not used as ours',
    '!found.isDirectory() || (uid !== undefined && found.uid !== uid)',
    '!found.isDirectory()',
    'is not accepted if it belongs to another user, and stays unchanged',
  ),
  ownFolder(
    'a folder behind a link is not used as ours',
    'const found = lstatSync(folder)',
    "const found = lstatSync(folder + '/.')",
    'is not the target of a link',
  ),
  ownFolder(
    'a folder of ours is made private',
    'if (uid !== undefined && (found.mode & 0o777) !== 0o700) chmodSync(folder, 0o700)\n',
    '',
    'is closed to other users if it was open before',
  ),
  ownFile(
    "another user's file is left alone",
    ' && found.uid === process.getuid?.()',
    '',
    'keeps the access of its owner',
  ),
  ownFile(
    'a file with a second hard link is left alone',
    ' && found.nlink === 1',
    '',
    'changes nothing for',
  ),
  {
    promise: 'the settings are readable only by their owner',
    changes: [
      {
        file: 'main/settings/conf-settings.ts',
        find: '& 0o777 : 0o600,',
        replace: '& 0o777 : 0o644,',
      },
    ],
    noticedBy: {
      file: 'test/settings/conf-settings.test.ts',
      test: 'are on disk when update returns, readable only by their owner',
    },
  },
  {
    promise: "the file with a tool's secret is readable only by its owner",
    changes: [
      {
        file: 'main/base/files/curl-config.ts',
        find: "'wx', 0o600)",
        replace: "'wx', 0o644)",
      },
    ],
    noticedBy: {
      file: 'test/cli/commands/support/curl-config.test.ts',
      test: 'writes ID and secret to a file for curl that only the user can read, and prints no secret',
    },
  },
]

/** The keychain, which may give wrong answers. */
const keychains: readonly Mutant[] = [
  sentinel(
    'a keychain that stores nothing is not mistaken for an empty one',
    'if (!(await this.#isReadable(call))) throw keychainLocked()',
    'await this.#isReadable(call)',
    'is not believed to be empty by',
  ),
  sentinel(
    'an item that the keychain reports as missing is looked up once more',
    '    const second = await call(() => this.#keychain.get(key))\n',
    '    const second = first\n',
    'does not believe an absence that was read before the user unlocked it',
  ),
  sentinel(
    'a missing item does not count while the keychain is locked',
    'if (second === null) await this.#mustBeReadable(call)\n',
    '',
    'does not believe an absence that was read while it was being locked',
  ),
  {
    promise: 'no keychain item exceeds the limit of the smallest keychain',
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
    promise: 'an item written to the keychain is read back',
    changes: [
      {
        file: 'main/vault/guarded-vault.ts',
        find: 'if (kept !== value) throw notKept()',
        replace: 'if (kept === null) throw notKept()',
      },
    ],
    noticedBy: {
      file: 'test/vault/memory-vault.test.ts',
      test: 'reports a keychain that does not store what it was given',
    },
  },
]

/** The audit log, which holds no secret and misses no event. */
const records: readonly Mutant[] = [
  recording(
    'no token is handed out before it is in the ledger',
    'await ledger.write(held)',
    'void ledger.write(held).catch(() => undefined)',
    'is revoked at its service and not returned',
  ),
  {
    promise: 'no token is handed out before its audit event is written',
    changes: [
      {
        file: 'main/broker/lease/token-issuer.ts',
        find: "    await audit.record({\n      event: 'issue',",
        replace: "    void audit.record({\n      event: 'issue',",
      },
    ],
    noticedBy: {
      file: 'test/broker/lease/token-issuer.test.ts',
      test: 'does not happen if it cannot be recorded',
    },
  },
  fingerprint(
    "a token's fingerprint in the audit log reveals nothing without the key",
    "createHmac('sha256', key.reveal())",
    "createHmac('sha256', '')",
    'differs by token and by key',
  ),
  fingerprint(
    "a token's fingerprint in the audit log is not the token",
    ".digest('hex').slice(0, 32)",
    ".digest('hex').slice(0, 8) + token.reveal()",
    'is the same for the same token, and 16 bytes of hex',
  ),
]

export const storedData: readonly Mutant[] = [...ledgers, ...files, ...keychains, ...records]
