import { describe, expect, test } from 'vitest'
import { applyingAgain, checkApplying } from '../../../main/cli/login/form.ts'
import { alternativeFields } from '../samples.ts'

const names = (fields: readonly { readonly name: string }[]) => fields.map(({ name }) => name)

describe('of a login again the secrets', () => {
  const secrets = (changed: Record<string, string>, stored: string[]) =>
    names(applyingAgain(alternativeFields, changed, stored).filter(({ kind }) => kind === 'secret'))

  test.each([
    ['are those of the account where no choice changes', {}, ['password', 'pin']],
    ['are those of the account whatever else changes', { note: 'x' }, ['password', 'pin']],
    ['of a changed choice are its own', { way: 'key' }, ['key']],
    ['of a changed choice do not depend on it alone', { way: 'password' }, ['password', 'pin']],
    ['of one changed choice leave those of another', { factor: 'none' }, ['password']],
  ])('%s', (_, changed, expected) => {
    expect(secrets(changed, ['password', 'pin'])).toEqual(expected)
  })

  test('of a choice further down go with the one further up', () => {
    expect(secrets({ way: 'key' }, ['password', 'pin'])).not.toContain('pin')
    expect(secrets({ way: 'password' }, ['key'])).toEqual(['password'])
  })
})

describe('of what was given', () => {
  test.each([
    [{ way: 'key', email: 'a@b' }, '"email" applies only with way=password.', '--set way=password'],
    [
      { way: 'key', device: 'd' },
      '"device" applies only with factor=pin.',
      '--set way=password --set factor=pin',
    ],
    [
      { way: 'key', factor: 'pin', device: 'd' },
      '"factor" applies only with way=password.',
      '--set way=password',
    ],
  ])('%j is refused with the choice it depends on', (given, message, settings) => {
    const name = /"(\w+)"/.exec(message)?.[1]
    expect(() => checkApplying(alternativeFields, given as Record<string, string>)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        message,
        hint: `Add ${settings}, or leave "${name}" out.`,
      }),
    )
  })

  test.each([
    [{ email: 'a@b' }],
    [{ factor: 'pin', device: 'd' }],
    [{ way: 'password', device: 'd' }],
  ])('%j is left to who knows the rest', (given) => {
    expect(() => checkApplying(alternativeFields, given as Record<string, string>)).not.toThrow()
  })
})
