import { expect, it } from 'vitest'
import { startKeychainLooks } from '../../main/desktop/keychain-looks.ts'
import { FakeClock } from '../helpers/fake-clock.ts'

it('looks at the keychain every half a minute, sooner while it cannot be used, and when somebody is about to read it', async () => {
  const clock = new FakeClock()
  let looks = 0
  const refresh = async () => {
    looks += 1
  }
  const keychain: { refresh: () => Promise<void>; failure: unknown } = { refresh, failure: null }
  const host = { running: { broker: { keychain } } } as unknown as Parameters<
    typeof startKeychainLooks
  >[0]['host']
  const look = startKeychainLooks({ host, clock })
  expect(looks).toBe(0)
  look()
  expect(looks).toBe(1)
  await clock.advance(30_000)
  await clock.advance(30_000)
  expect(looks).toBe(3)
  keychain.failure = new Error('locked')
  await clock.advance(30_000)
  await clock.advance(5_000)
  expect(looks).toBe(5)
  startKeychainLooks({ host: { running: null }, clock })()
})
