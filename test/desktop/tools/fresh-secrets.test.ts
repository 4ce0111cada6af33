import { beforeEach, describe, expect, it } from 'vitest'
import type { Secret } from '../../../main/base/secret.ts'
import { type Client, cliClient } from '../../../main/broker/clients.ts'
import type { Running } from '../../../main/desktop/running.ts'
import { FreshSecrets } from '../../../main/desktop/tools/fresh-secrets.ts'
import { codeOf, makeBroker, type TestBroker } from '../../helpers/make-broker.ts'
import { toRunning } from '../running.ts'

let test: TestBroker
let running: Running | null
let secrets: FreshSecrets
let changes: number
let tool: Client
let secret: Secret

beforeEach(async () => {
  test = await makeBroker()
  running = toRunning(test)
  changes = 0
  secrets = new FreshSecrets({
    host: {
      get running() {
        return running
      },
    },
    clock: test.clock,
    changed: () => {
      changes += 1
    },
  })
  test.broker.changes.on(() => secrets.check())
  ;({ client: tool, secret } = test.broker.clients.add('backup', {}))
  secrets.keep(test.broker, tool, secret)
})

const reveal = (kept: Secret) => kept.reveal()

describe('the new secret of a tool', () => {
  it('is delivered once', async () => {
    expect(changes).toBe(1)
    expect(await secrets.use(tool, reveal)).toBe(secret.reveal())
    expect(changes).toBe(2)
    expect(secrets.has(tool.id)).toBe(false)
    expect(await codeOf(secrets.use(tool, reveal))).toBe('not_found')
  })

  it('can be delivered again if that failed', async () => {
    const failing = secrets.use(tool, () => Promise.reject(new Error('no clipboard')))
    await expect(failing).rejects.toThrow('no clipboard')
    expect(secrets.has(tool.id)).toBe(true)
    expect(await secrets.use(tool, reveal)).toBe(secret.reveal())
  })

  it('is not delivered twice at the same time', async () => {
    let finish = () => {}
    const held = new Promise<void>((resolve) => {
      finish = resolve
    })
    const first = secrets.use(tool, () => held)
    expect(await codeOf(secrets.use(tool, reveal))).toBe('temporarily_unavailable')
    finish()
    await first
    expect(await codeOf(secrets.use(tool, reveal))).toBe('not_found')
  })

  it.each([
    ['after five minutes', () => test.clock.advance(300_000)],
    ['when Tokentray is locked', () => test.broker.lock(cliClient)],
    ['when the tool is removed', () => test.broker.removeClient(tool)],
    ['when the tool gets another secret', () => test.broker.clients.newSecret(tool)],
    [
      'when Tokentray restarts',
      () => {
        running = null
      },
    ],
    ['when the user has no use for it', () => secrets.drop(tool.id)],
  ] as const)('is gone %s', async (_when, end) => {
    await end()
    test.broker.changes.tell()
    expect(secrets.has(tool.id)).toBe(false)
    expect(await codeOf(secrets.use(tool, reveal))).toBe('not_found')
  })

  it('is there until then, through other changes', async () => {
    await test.clock.advance(299_000)
    await test.newAccount()
    test.broker.clients.add('deploy', {})
    test.broker.changes.tell()
    expect(await secrets.use(tool, reveal)).toBe(secret.reveal())
  })

  it('that replaces another has its own five minutes', async () => {
    await test.clock.advance(200_000)
    const next = test.broker.clients.newSecret(tool)
    secrets.keep(test.broker, tool, next)
    await test.clock.advance(200_000)
    expect(await secrets.use(tool, reveal)).toBe(next.reveal())
  })
})
