import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../main/base/secret.ts'
import { markedSecret } from '../helpers/marks.ts'

describe('a secret', () => {
  const value = markedSecret('in an object')
  const secret = new Secret(value)

  it.each([
    ['in a template', () => `${secret}`],
    ['as a string', () => String(secret)],
    ['joined', () => [secret].join()],
  ])('prints as a placeholder %s', (_name, print) => {
    expect(print()).toBe('[secret]')
  })

  it('prints as a placeholder wherever objects are printed', () => {
    expect(inspect({ secret })).toBe('{ secret: [secret] }')
    expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}')
  })

  it('has nothing to copy, list or spread', () => {
    expect(Object.entries(secret)).toEqual([])
    expect(JSON.stringify({ ...secret })).toBe('{}')
    expect(JSON.stringify(structuredClone(secret))).not.toContain(value)
  })

  it('shows its value only when revealed, and equals the same value', () => {
    expect(secret.reveal()).toBe(value)
    expect(secret.equals(new Secret(value))).toBe(true)
    expect(secret.equals(new Secret(`${value}x`))).toBe(false)
    expect(secret.equals(new Secret(value.toUpperCase()))).toBe(false)
  })
})
