import { beforeEach, describe, expect, it } from 'vitest'
import { GuardedVault } from '../../../main/vault/guarded-vault.ts'
import type {
  KeychainAnswer,
  NumberedQuestion,
} from '../../../main/vault/keychain/keychain-process.ts'
import { RenewableKeychain } from '../../../main/vault/keychain/renewable-keychain.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

type Reply = { readonly value: unknown } | { readonly error: string } | 'silence' | 'crash'

/** A process that answers as the test says, and records its requests. */
class FakeProcess {
  readonly asked: NumberedQuestion[] = []
  isAlive = true
  #hear: (answer: KeychainAnswer) => void = () => undefined
  #tell: (how: string) => void = () => undefined
  readonly #reply: (question: NumberedQuestion) => Reply

  constructor(reply: (question: NumberedQuestion) => Reply) {
    this.#reply = reply
  }

  send(question: NumberedQuestion): void {
    this.asked.push(question)
    const reply = this.#reply(question)
    if (reply === 'silence') return
    queueMicrotask(() => (reply === 'crash' ? this.crash() : this.answer(question, reply)))
  }

  answer({ id }: NumberedQuestion, reply: { value: unknown } | { error: string }): void {
    if (this.isAlive) this.#hear({ id, ...reply })
  }

  crash(): void {
    this.isAlive = false
    this.#tell('SIGSEGV')
  }

  onAnswer(hear: (answer: KeychainAnswer) => void): void {
    this.#hear = hear
  }

  onExit(hear: (how: string) => void): void {
    this.#tell = hear
  }

  kill(): void {
    this.isAlive = false
  }
}

const RESTARTED = 'The name :1.5 was not provided by any .service files'

describe('a keychain with a replaceable process', () => {
  let clock: FakeClock
  let processes: FakeProcess[]
  let keychain: RenewableKeychain
  /** The answer of the process with this number; set by each test. */
  let reply: (question: NumberedQuestion, process: number) => Reply

  beforeEach(() => {
    clock = new FakeClock()
    processes = []
    reply = ({ op }) => ({ value: op === 'look' ? 'open' : op === 'get' ? 'kept' : true })
    keychain = new RenewableKeychain(() => {
      const number = processes.length
      const started = new FakeProcess((question) => reply(question, number))
      processes.push(started)
      return started
    }, clock)
  })

  const alive = () => processes.filter(({ isAlive }) => isAlive).length

  it('starts one process, on the first call', async () => {
    expect(processes).toHaveLength(0)
    expect(await keychain.get('a')).toBe('kept')
    await keychain.set('a', 'value')
    expect(await keychain.delete('a')).toBe(true)
    expect(processes).toHaveLength(1)
  })

  it.each([RESTARTED, 'The connection is closed', 'Something unknown'])(
    'retries in a new process after "%s" from one that has worked before',
    async (error) => {
      await keychain.get('a')
      reply = (_question, process) => (process === 0 ? { error } : { value: 'kept' })
      expect(await keychain.get('a')).toBe('kept')
      await keychain.set('a', 'value')
      expect(processes).toHaveLength(2)
      expect(alive()).toBe(1)
    },
  )

  it('believes an error of a process that was started for this call', async () => {
    reply = () => ({ error: 'Could not connect: No such file or directory' })
    await expect(keychain.get('a')).rejects.toMatchObject({
      code: 'vault_unavailable',
      hint: expect.stringContaining('dbus-run-session'),
    })
    expect(processes).toHaveLength(1)
    expect(alive()).toBe(0)
  })

  it.each(['get', 'set', 'delete'] as const)(
    'retries when %s is interrupted by a crash',
    async (op) => {
      reply = (_question, process) => (process === 0 ? 'crash' : { value: 'kept' })
      await (op === 'set' ? keychain.set('a', 'value') : keychain[op]('a'))
      expect(processes).toHaveLength(2)
      expect(processes[1]?.asked).toMatchObject([{ op, key: 'a' }])
    },
  )

  it('reports why the process exited if every one does, and starts at most one every five seconds', async () => {
    reply = () => 'crash'
    for (let second = 0; second < 60; second += 1) {
      await expect(keychain.get('a')).rejects.toMatchObject({
        code: 'vault_unavailable',
        message: expect.stringContaining('SIGSEGV'),
      })
      await clock.advance(1_000)
    }
    // Two for each attempt.
    expect(processes.length).toBeLessThan(2 * 20)
    reply = () => ({ value: 'kept' })
    await clock.advance(5_000)
    expect(await keychain.get('a')).toBe('kept')
  })

  it('reports that a process cannot be started, and tries again later', async () => {
    let isBroken = true
    keychain = new RenewableKeychain(() => {
      if (isBroken) throw new Error('spawn EAGAIN')
      return new FakeProcess(() => ({ value: 'kept' }))
    }, clock)
    await expect(keychain.get('a')).rejects.toMatchObject({
      code: 'vault_unavailable',
      message: expect.stringContaining('EAGAIN'),
    })
    isBroken = false
    await clock.advance(5_000)
    expect(await keychain.get('a')).toBe('kept')
  })

  it('kills a hung process within five seconds, and gives the next call a new one', async () => {
    await keychain.get('a')
    reply = (_question, process) => (process === 0 ? 'silence' : { value: 'kept' })
    const refused = expect(keychain.get('a')).rejects.toMatchObject({ code: 'vault_unavailable' })
    await clock.advance(4_000)
    await refused
    expect(alive()).toBe(0)
    expect(await keychain.get('a')).toBe('kept')
    expect(processes).toHaveLength(2)
  })

  it('keeps no caller waiting for more than five seconds while it hangs', async () => {
    reply = () => 'silence'
    const vault = new GuardedVault('keychain', keychain, clock)
    const refused = Promise.all(
      Array.from({ length: 8 }, () =>
        expect(vault.get('a')).rejects.toMatchObject({ code: 'vault_unavailable' }),
      ),
    )
    await clock.advance(4_000)
    await clock.advance(1_000)
    await refused
  })

  it('replaces a process that exited between calls', async () => {
    await keychain.get('a')
    processes[0]?.crash()
    expect(await keychain.get('a')).toBe('kept')
    expect(processes).toHaveLength(2)
  })

  it('looks with a new process if the old one has exited', async () => {
    await keychain.get('a')
    processes[0]?.crash()
    expect(await keychain.look()).toBe('open')
    expect(processes).toHaveLength(2)
  })

  describe('while the user is being prompted', () => {
    let state: string

    beforeEach(async () => {
      state = 'locked'
      reply = ({ op }) => (op === 'look' ? { value: state } : 'silence')
      const refused = expect(keychain.get('a')).rejects.toMatchObject({
        code: 'vault_locked',
        message: expect.stringContaining('prompt'),
      })
      await clock.advance(4_999)
      await refused
    })

    const question = (): NumberedQuestion => {
      const found = processes[0]?.asked.find(({ op }) => op === 'get')
      if (!found) throw new Error('Nothing was asked.')
      return found
    }

    it('keeps the prompt open, and rejects other calls at once without a second prompt', async () => {
      await expect(keychain.get('b')).rejects.toMatchObject({ code: 'vault_locked' })
      await expect(keychain.set('b', 'value')).rejects.toMatchObject({ code: 'vault_locked' })
      expect(alive()).toBe(1)
      expect(processes[0]?.asked.filter(({ op }) => op !== 'look')).toHaveLength(1)
    })

    it('continues with the same process once the prompt is answered', async () => {
      processes[0]?.answer(question(), { value: 'kept' })
      reply = () => ({ value: 'kept' })
      expect(await keychain.get('b')).toBe('kept')
      expect(processes).toHaveLength(1)
    })

    it('continues with a new process when the keychain was unlocked some other way', async () => {
      state = 'open'
      reply = ({ op }, process) =>
        op === 'look' ? { value: state } : process === 0 ? 'silence' : { value: 'kept' }
      expect(await keychain.get('b')).toBe('kept')
      expect(processes[0]?.isAlive).toBe(false)
    })

    it('continues with a new process when the keychain no longer answers a look', async () => {
      reply = (_question, process) => (process === 0 ? 'silence' : { value: 'kept' })
      const got = keychain.get('b')
      await clock.advance(1_000)
      expect(await got).toBe('kept')
    })

    it('dismisses the prompt after a minute, so that it can be shown again', async () => {
      await clock.advance(60_000)
      reply = () => ({ value: 'kept' })
      expect(await keychain.get('b')).toBe('kept')
      expect(processes[0]?.isAlive).toBe(false)
    })
  })

  it('does not ask again after the user has declined', async () => {
    await keychain.get('a')
    reply = () => ({ error: 'Prompt was dismissed' })
    await expect(keychain.set('a', 'value')).rejects.toMatchObject({ code: 'vault_locked' })
    expect(processes).toHaveLength(1)
    expect(alive()).toBe(1)
  })

  it('can look while a call hangs', async () => {
    reply = ({ op }) => (op === 'look' ? { value: 'locked' } : 'silence')
    const hanging = keychain.get('a').catch(() => null)
    expect(await keychain.look()).toBe('locked')
    await clock.advance(5_000)
    await hanging
  })

  it('gives a look one second', async () => {
    reply = () => 'silence'
    const refused = expect(keychain.look()).rejects.toMatchObject({ code: 'vault_unavailable' })
    await clock.advance(1_000)
    await refused
  })

  it('kills its process and rejects pending calls on close, and starts none afterwards', async () => {
    reply = () => 'silence'
    const hanging = expect(keychain.get('a')).rejects.toMatchObject({ code: 'vault_unavailable' })
    await clock.advance(0)
    keychain.close()
    await hanging
    await expect(keychain.get('a')).rejects.toMatchObject({ code: 'vault_unavailable' })
    expect(processes).toHaveLength(1)
    expect(alive()).toBe(0)
  })
})
