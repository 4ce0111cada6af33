import { expect, it, vi } from 'vitest'
import { LastUses } from '../../../main/broker/record/last-uses.ts'

const NOON = Date.parse('2026-01-31T12:00:00.000Z')

it('knows the last use of each account and each tool', () => {
  const uses = new LastUses(() => {})
  uses.note('one', 'editor', NOON)
  uses.note('two', 'editor', NOON + 5)
  expect(uses.ofAccount('one')).toBe(NOON)
  expect(uses.ofAccount('two')).toBe(NOON + 5)
  expect(uses.ofClient('editor')).toBe(NOON + 5)
  expect(uses.ofAccount('three')).toBeUndefined()
})

it('tells of a use once a minute, however often it is repeated', () => {
  const changed = vi.fn()
  const uses = new LastUses(changed)
  for (let second = 0; second < 120; second += 1) uses.note('one', 'editor', NOON + second * 1_000)
  expect(changed).toHaveBeenCalledTimes(2)
  uses.note('one', 'another', NOON + 119_000)
  expect(changed).toHaveBeenCalledTimes(3)
})

it('learns what is on record, without forgetting what has happened since', () => {
  const changed = vi.fn()
  const uses = new LastUses(changed)
  uses.note('one', 'editor', NOON)
  uses.learn({
    accounts: new Map([
      ['one', NOON - 90_000],
      ['two', NOON - 60_000],
    ]),
    clients: new Map([['backup', NOON - 60_000]]),
  })
  expect(uses.ofAccount('one')).toBe(NOON)
  expect(uses.ofAccount('two')).toBe(NOON - 60_000)
  expect(uses.ofClient('backup')).toBe(NOON - 60_000)
  expect(changed).toHaveBeenCalledTimes(2)
})
