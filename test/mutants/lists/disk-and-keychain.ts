import type { Mutant } from '../mutant.ts'

const appendFile = 'main/base/files/append-file.ts'
const lane = 'main/vault/keychain/lane.ts'
const renewableKeychain = 'main/vault/keychain/renewable-keychain.ts'
const inAppendFile = (test: string) => ({ file: 'test/base/files/append-file.test.ts', test })
const inLane = (test: string) => ({ file: 'test/vault/keychain/lane.test.ts', test })
const inRenewableKeychain = (test: string) => ({
  file: 'test/vault/keychain/renewable-keychain.test.ts',
  test,
})

/** A disk or a keychain that does not respond blocks nothing, and is used again once it does. */
export const diskAndKeychain: readonly Mutant[] = [
  {
    promise: 'no token is added to a ledger whose file is gone',
    changes: [
      {
        file: 'main/vault/ledger/ledger-file.ts',
        find: 'while (this.#compaction || !this.#isFound()) {',
        replace: 'while (this.#compaction) {',
      },
    ],
    noticedBy: {
      file: 'test/vault/ledger/ledger-file.test.ts',
      test: 'is there again, whole, with the next line where it',
    },
  },
  {
    promise: 'a disk that does not respond blocks no caller',
    changes: [
      {
        file: appendFile,
        find: 'await this.#withDeadline(work, () => this.#leaveBehind(work))',
        replace: 'await work',
      },
    ],
    noticedBy: inAppendFile(
      'delays no caller for long, and has every line once when it responds again',
    ),
  },
  {
    promise: 'an entry that may not be on the disk is taken back',
    changes: [
      {
        file: appendFile,
        find: `        this.#takeBackUnsynced()
`,
        replace: '',
      },
    ],
    noticedBy: inAppendFile('removes every line that may be lost, and the lines after it'),
  },
  {
    promise: 'nothing is written to a disk that still hangs',
    changes: [
      {
        file: appendFile,
        find: 'return this.#hung && this.#withDeadline(this.#hung)',
        replace: 'return undefined',
      },
    ],
    noticedBy: inAppendFile(
      'delays no caller for long, and has every line once when it responds again',
    ),
  },
  {
    promise: 'a file on a hanging disk can be closed',
    changes: [
      {
        file: appendFile,
        find: 'if (this.#hung) void this.#hung.then(() => closeSync(this.#fd))',
        replace: 'if (this.#hung) await this.#hung.then(() => closeSync(this.#fd))',
      },
    ],
    noticedBy: inAppendFile('delays closing the file no longer than a caller waits'),
  },
  {
    promise: 'a long queue is not mistaken for a hanging keychain',
    changes: [
      {
        file: lane,
        find: 'if (isResponding && !caller.isGone) for (const other of this.#callers) other.arm()',
        replace: '',
      },
    ],
    noticedBy: inLane('does not mistake a long queue for a hung keychain'),
  },
  {
    promise: 'a request refused because the keychain hangs makes no call to it later',
    changes: [
      {
        file: lane,
        find: '(caller.isGone ? Promise.reject(tooSlow()) : make())',
        replace: 'make()',
      },
    ],
    noticedBy: inLane('makes no call for a caller that was already rejected'),
  },
  {
    promise: 'a response that no call awaits does not prove that the keychain works',
    changes: [
      {
        file: lane,
        find: 'if (isResponding && !caller.isGone) for',
        replace: 'if (isResponding) for',
      },
    ],
    noticedBy: inLane('does not count an answer to an abandoned call as progress'),
  },
  {
    promise: 'a call that fails in a keychain process that worked before is retried in a new one',
    changes: [
      {
        file: renewableKeychain,
        find: "if (tries === 1 && (hasAnswered || outcome.kind === 'ended')) continue",
        replace: "if (tries === 1 && outcome.kind === 'ended') continue",
      },
    ],
    noticedBy: inRenewableKeychain('retries in a new process after'),
  },
  {
    promise: 'a call interrupted by a crash is retried once',
    changes: [
      {
        file: renewableKeychain,
        find: "if (tries === 1 && (hasAnswered || outcome.kind === 'ended')) continue",
        replace: 'if (tries === 1 && hasAnswered) continue',
      },
    ],
    noticedBy: inRenewableKeychain('is interrupted by a crash'),
  },
  {
    promise: 'keychain processes are not restarted forever',
    changes: [
      {
        file: renewableKeychain,
        find: `if (this.#pause && this.#clock.monotonic() < this.#pause.until) throw this.#pause.error
`,
        replace: '',
      },
    ],
    noticedBy: inRenewableKeychain(
      'reports why the process exited if every one does, and starts at most one every five seconds',
    ),
  },
  {
    promise: 'a hanging keychain process is killed',
    changes: [
      {
        file: renewableKeychain,
        find: `      if (this.#worker === worker) this.#drop()
      throw silent()`,
        replace: '      throw silent()',
      },
    ],
    noticedBy: inRenewableKeychain(
      'kills a hung process within five seconds, and gives the next call a new one',
    ),
  },
  {
    promise: 'a prompt stays open for the user',
    changes: [
      {
        file: renewableKeychain,
        find: `    this.#prompting = prompting
    const late`,
        replace: '    const late',
      },
    ],
    noticedBy: inRenewableKeychain(
      'keeps the prompt open, and rejects other calls at once without a second prompt',
    ),
  },
  {
    promise: 'an unanswered prompt is closed after a minute',
    changes: [
      {
        file: renewableKeychain,
        find: `      this.#clock.monotonic() >= prompting.until ||
`,
        replace: '',
      },
    ],
    noticedBy: inRenewableKeychain(
      'dismisses the prompt after a minute, so that it can be shown again',
    ),
  },
  {
    promise: 'a keychain unlocked elsewhere is used at once',
    changes: [
      {
        file: renewableKeychain,
        find: '      (prompting.wasLocked && isOpenNow)',
        replace: '      false',
      },
    ],
    noticedBy: inRenewableKeychain(
      'continues with a new process when the keychain was unlocked some other way',
    ),
  },
  {
    promise: 'a prompt that the user declined is not shown again',
    changes: [
      {
        file: renewableKeychain,
        find: `      if (outcome.error.code === 'vault_locked') throw outcome.error
`,
        replace: '',
      },
    ],
    noticedBy: inRenewableKeychain('does not ask again after the user has declined'),
  },
  {
    promise: 'no keychain process is started after a stop',
    changes: [
      {
        file: renewableKeychain,
        find: `    if (this.#closed) throw closed()
`,
        replace: '',
      },
    ],
    noticedBy: inRenewableKeychain(
      'kills its process and rejects pending calls on close, and starts none afterwards',
    ),
  },
  {
    promise: 'a keychain process that exited is replaced',
    changes: [
      {
        file: renewableKeychain,
        find: 'if (this.#worker && !this.#worker.isOver) return this.#worker',
        replace: 'if (this.#worker) return this.#worker',
      },
    ],
    noticedBy: inRenewableKeychain('looks with a new process if the old one has exited'),
  },
  {
    promise: 'an item that the keychain did not delete is not reported as deleted',
    changes: [
      {
        file: 'main/vault/guarded-vault.ts',
        find: '!(await remove())) throw notRemoved()',
        replace: '!(await remove())) return',
      },
    ],
    noticedBy: {
      file: 'test/vault/memory-vault.test.ts',
      test: 'is not believed: the key stays on the list',
    },
  },
  {
    promise: 'releasing the lock never takes it from another holder',
    changes: [
      {
        file: 'main/base/process/instance-lock.ts',
        find: "if (readHolder(lockFile(folder, number))?.instance === me.instance) replaceWith('{}')",
        replace: "replaceWith('{}')",
      },
    ],
    noticedBy: {
      file: 'test/base/process/instance-lock.test.ts',
      test: 'is left to another process that took it by a holder that releases it without checking',
    },
  },
]
