import { beforeEach, describe, expect, it } from 'vitest'
import { GuardedVault } from '../../../main/vault/guarded-vault.ts'
import type {
  KeychainAnswer,
  NumberedQuestion,
} from '../../../main/vault/keychain/keychain-process.ts'
import { RenewableKeychain } from '../../../main/vault/keychain/renewable-keychain.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

type Reply = { readonly value: unknown } | { readonly error: string } | 'silence' | 'crash'

/** A process that answers as the test says; what it is asked is noted. */
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

describe('a keychain whose process can be renewed', () => {
  let clock: FakeClock
  let processes: FakeProcess[]
  let keychain: RenewableKeychain
  /** What the process of this number answers; set by each test. */
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

  it('starts one process, at the first call', async () => {
    expect(processes).toHaveLength(0)
    expect(await keychain.get('a')).toBe('kept')
    await keychain.set('a', 'value')
    expect(await keychain.delete('a')).toBe(true)
    expect(processes).toHaveLength(1)
  })

  it.each([RESTARTED, 'The connection is closed', 'Something nobody has seen'])(
    'asks a new process once more after "%s" from one that has worked',
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
    'asks once more when %s is cut off by a crash',
    async (op) => {
      reply = (_question, process) => (process === 0 ? 'crash' : { value: 'kept' })
      await (op === 'set' ? keychain.set('a', 'value') : keychain[op]('a'))
      expect(processes).toHaveLength(2)
      expect(processes[1]?.asked).toMatchObject([{ op, key: 'a' }])
    },
  )

  it('tells how the process ended when every one does, and starts no more than one each five seconds', async () => {
    reply = () => 'crash'
    for (let second = 0; second < 60; second += 1) {
      await expect(keychain.get('a')).rejects.toMatchObject({
        code: 'vault_unavailable',
        message: expect.stringContaining('SIGSEGV'),
      })
      await clock.advance(1_000)
    }
    // Two for each try.
    expect(processes.length).toBeLessThan(2 * 20)
    reply = () => ({ value: 'kept' })
    await clock.advance(5_000)
    expect(await keychain.get('a')).toBe('kept')
  })

  it('says so when a process cannot be started, and tries again', async () => {
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

  it('ends a process that hangs, within five seconds, and gives the next call a new one', async () => {
    await keychain.get('a')
    reply = (_question, process) => (process === 0 ? 'silence' : { value: 'kept' })
    const refused = expect(keychain.get('a')).rejects.toMatchObject({ code: 'vault_unavailable' })
    await clock.advance(4_000)
    await refused
    expect(alive()).toBe(0)
    expect(await keychain.get('a')).toBe('kept')
    expect(processes).toHaveLength(2)
  })

  it('keeps nobody in the queue for more than five seconds while it hangs', async () => {
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

  it('replaces a process that ended while nobody asked', async () => {
    await keychain.get('a')
    processes[0]?.crash()
    expect(await keychain.get('a')).toBe('kept')
    expect(processes).toHaveLength(2)
  })

  it('looks with a new process where the old one has ended', async () => {
    await keychain.get('a')
    processes[0]?.crash()
    expect(await keychain.look()).toBe('open')
    expect(processes).toHaveLength(2)
  })

  describe('while the person is being asked', () => {
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

    it('leaves the prompt open, and refuses other calls at once without a second prompt', async () => {
      await expect(keychain.get('b')).rejects.toMatchObject({ code: 'vault_locked' })
      await expect(keychain.set('b', 'value')).rejects.toMatchObject({ code: 'vault_locked' })
      expect(alive()).toBe(1)
      expect(processes[0]?.asked.filter(({ op }) => op !== 'look')).toHaveLength(1)
    })

    it('goes on with the same process once there is an answer', async () => {
      processes[0]?.answer(question(), { value: 'kept' })
      reply = () => ({ value: 'kept' })
      expect(await keychain.get('b')).toBe('kept')
      expect(processes).toHaveLength(1)
    })

    it('goes on with a new process when it was unlocked in another way', async () => {
      state = 'open'
      reply = ({ op }, process) =>
        op === 'look' ? { value: state } : process === 0 ? 'silence' : { value: 'kept' }
      expect(await keychain.get('b')).toBe('kept')
      expect(processes[0]?.isAlive).toBe(false)
    })

    it('goes on with a new process when the keychain does not answer a look any more', async () => {
      reply = (_question, process) => (process === 0 ? 'silence' : { value: 'kept' })
      const got = keychain.get('b')
      await clock.advance(1_000)
      expect(await got).toBe('kept')
    })

    it('takes the prompt away after a minute, so that it can come again', async () => {
      await clock.advance(60_000)
      reply = () => ({ value: 'kept' })
      expect(await keychain.get('b')).toBe('kept')
      expect(processes[0]?.isAlive).toBe(false)
    })
  })

  it('does not ask again what the person has declined', async () => {
    await keychain.get('a')
    reply = () => ({ error: 'Prompt was dismissed' })
    await expect(keychain.set('a', 'value')).rejects.toMatchObject({ code: 'vault_locked' })
    expect(processes).toHaveLength(1)
    expect(alive()).toBe(1)
  })

  it('looks while a call hangs', async () => {
    reply = ({ op }) => (op === 'look' ? { value: 'locked' } : 'silence')
    const hanging = keychain.get('a').catch(() => null)
    expect(await keychain.look()).toBe('locked')
    await clock.advance(5_000)
    await hanging
  })

  it('gives a look a second', async () => {
    reply = () => 'silence'
    const refused = expect(keychain.look()).rejects.toMatchObject({ code: 'vault_unavailable' })
    await clock.advance(1_000)
    await refused
  })

  it('ends its process when it is closed, with what is under way, and starts none after', async () => {
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
