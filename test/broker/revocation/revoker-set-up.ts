import { TokentrayError } from '../../../main/base/errors.ts'
import { Secret } from '../../../main/base/secret.ts'
import { type HeldToken, Ledger } from '../../../main/broker/ledger/ledger.ts'
import { Revoker } from '../../../main/broker/revocation/revoker.ts'
import { createCalls } from '../../../main/broker/service/driver-calls.ts'
import { createMemoryLedger } from '../../../main/vault/ledger/memory-ledger.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { FakeService, type FakeServiceOptions } from '../../helpers/fake-provider.ts'
import { diskFull } from '../../helpers/make-broker.ts'

/** A revoker with a service in this process, without a broker: nothing ticks by itself. */
export function setUp(options: FakeServiceOptions = {}) {
  const clock = new FakeClock()
  const service = new FakeService(clock, options)
  const store: { isFull: boolean; readonly lines: string[] } = { isFull: false, lines: [] }
  /** When the timer was armed for, in milliseconds from that moment. */
  const armed: number[] = []
  const logged: string[] = []
  /** The reported outcomes of tokens, in order. */
  const turns: string[] = []
  const append = async (lines: readonly { readonly op: string }[]) => {
    if (store.isFull) throw diskFull()
    store.lines.push(...lines.map(({ op }) => op))
  }
  const ledger = new Ledger({ ...createMemoryLedger(), append }, clock)
  const calls = createCalls({
    providers: [service.provider],
    http: { send: () => Promise.reject(new Error('not used')) },
    hosts: { guard: (http) => http },
    clock,
    stopping: new AbortController().signal,
  })
  const note = (message: string) => logged.push(message)
  const revoker = new Revoker({
    ...{ ledger, calls, clock },
    log: { info: note, warn: note, error: note },
    random: () => 1,
    credentials: {
      find: () => Promise.reject(new Error('not used')),
      forget: () => undefined,
      reachableValues: ({ values }) => values,
      missingReason: () => null,
      loginErrorFor: () => null,
      isLastResort: () => false,
      survivesRestart: () => true,
    },
    onEvent: (_item, { kind }) => turns.push(kind),
    changed: () => undefined,
    arm: (deadline) => armed.push(deadline - clock.now()),
  })

  /** A token from the service as stored in the ledger. */
  async function hold(accountUid = 'uid'): Promise<HeldToken> {
    const values = { url: 'https://service.example' }
    const { provider, password } = service
    const { token } = await provider.login(
      { values, secrets: { password: new Secret(password) } },
      calls.context('sftpgo', 'login', new AbortController().signal),
    )
    if (!token) throw new Error('It gave no token.')
    const held = ledger.add({ accountUid, provider: provider.id, values, kind: 'lease' }, token)
    await ledger.write(held)
    return held
  }

  const limitedFor = (ms: number) =>
    new TokentrayError('rate_limited', 'Slower.', { retryAt: clock.now() + ms })

  return { clock, service, ledger, revoker, armed, logged, turns, store, hold, limitedFor }
}
