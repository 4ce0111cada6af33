import { describe, expect, it } from 'vitest'
import {
  applies,
  applying,
  type FormField,
  faultOf,
  isMissing,
  toAddress,
} from '../../../main/base/forms/form-fields.ts'
import { checkValues } from '../../../main/providers/form.ts'
import { providers } from '../../../main/providers/index.ts'
import { findWrong } from '../../../renderer/form/fields.ts'
import { alternativeFields } from '../../cli/samples.ts'

const names = (fields: readonly FormField[]) => fields.map(({ name }) => name)
const named = (name: string) => {
  const field = alternativeFields.find((each) => each.name === name)
  if (!field) throw new Error(`no field ${name}`)
  return field
}
const field = (kind: FormField['kind'], more: Partial<FormField> = {}): FormField => ({
  ...{ name: 'f', label: 'F', kind, required: false },
  ...more,
})

describe('the fields that apply', () => {
  it.each([
    [{ way: 'key' }, ['way', 'key', 'note']],
    [{ way: 'password', factor: 'none' }, ['way', 'email', 'password', 'factor', 'note']],
    [
      { way: 'password', factor: 'pin' },
      ['way', 'email', 'password', 'factor', 'device', 'pin', 'note'],
    ],
    [{}, ['way', 'key', 'note']],
    [{ way: ' ' }, ['way', 'key', 'note']],
    [{ way: 'password' }, ['way', 'email', 'password', 'factor', 'note']],
    [{ way: 'key', factor: 'pin' }, ['way', 'key', 'note']],
    [{ way: 'none of these' }, ['way', 'note']],
  ])('with %j are %j', (values, expected) => {
    expect(names(applying(alternativeFields, values as Record<string, string>))).toEqual(expected)
  })

  it.each([
    ['note', {}, true],
    ['email', {}, null],
    ['email', { way: '' }, null],
    ['email', { way: 'key' }, false],
    ['device', { factor: 'pin' }, null],
    ['device', { factor: 'none' }, false],
    ['device', { way: 'key' }, false],
    ['device', { way: 'key', factor: 'pin' }, false],
    ['device', { way: 'password' }, null],
    ['device', { way: 'password', factor: 'pin' }, true],
  ])('are decided by the given values, if they decide it: %s with %j', (name, given, is) => {
    expect(applies(named(name), alternativeFields, given as Record<string, string>)).toBe(is)
  })

  it('do not depend on inherited members', () => {
    const odd = field('text', { when: { field: 'constructor', is: 'x' } })
    const choice = field('choice', { name: 'constructor' })
    expect(applies(odd, [choice, odd], {})).toBeNull()
  })
})

describe('a value', () => {
  it.each([
    ['text', '', true],
    ['text', '  ', true],
    ['text', ' a ', false],
    ['code', ' ', true],
    ['secret', '', true],
    ['secret', ' ', false],
  ] as const)('of a %s is missing: %j (%s)', (kind, text, is) => {
    expect(isMissing(field(kind, { required: true }), text)).toBe(is)
    expect(isMissing(field(kind), text)).toBe(false)
  })

  it('is not missing if there is a default', () => {
    expect(isMissing(field('url', { required: true, default: 'https://a.example' }), '')).toBe(
      false,
    )
  })

  const id = { shape: { pattern: '[a-z]+', means: 'an id' } }
  const two = {
    choices: [
      { value: 'a', label: 'First' },
      { value: 'b', label: 'Second' },
    ],
  }
  it.each([
    ['text', {}, 'any thing', null],
    ['text', { required: true }, '', null],
    ['text', {}, 'x'.repeat(4_097), '"F" is too long (at most 4096 characters).'],
    ['secret', {}, 'x'.repeat(8_193), '"F" is too long (at most 8192 characters).'],
    ['secret', {}, 'a\nb', null],
    ['code', {}, '1'.repeat(65), '"F" is too long (at most 64 characters).'],
    ['text', {}, 'a\nb', '"F" contains control characters.'],
    ['text', id, ' abc ', null],
    ['text', id, 'abc1', '"F" must be an id.'],
    ['choice', two, 'b', null],
    ['choice', two, '', null],
    ['choice', two, 'c', 'Choose First or Second for "F".'],
    ['url', {}, 'https://a.example/x/', null],
    ['url', {}, 'alice', 'Enter a web address, such as https://files.example.com.'],
    ['url', {}, 'https://', 'Enter a web address, such as https://files.example.com.'],
    ['url', {}, 'https://a:b@c', 'The address must not contain a user name or password.'],
    ['url', {}, 'https://a?', 'The address must not contain a query or fragment.'],
    ['url', { shape: { pattern: '.*[^/]', means: 'one' } }, 'https://a.example/x/', null],
  ] as const)('of a %s (%j) is valid or not: %.20s', (kind, more, text, message) => {
    expect(faultOf(field(kind, more), text)?.message ?? null).toBe(message)
  })

  it('that is an address is normalised', () => {
    expect(toAddress(' HTTPS://A.example:443/x// ')).toBe('https://a.example/x')
  })
})

/** Each of these is wrong for some field of some form. */
const texts = ['hunter2', 'x'.repeat(5_000), 'a\nb', 'https://a:b@c', 'https://a.example/api/v1']

it.each(providers.map((provider) => [provider.id, provider] as const))(
  'the page says of each field of %s what the program says',
  (_, { fields, title }) => {
    for (const each of fields.filter(({ kind }) => kind !== 'secret' && kind !== 'code')) {
      const alone = { fields: [{ ...each, when: undefined }] as never, title }
      for (const text of texts) {
        let said = ''
        try {
          checkValues(alone, { [each.name]: text })
        } catch (error) {
          said = (error as Error).message
        }
        const { shape, choices, default: preset, ...rest } = each
        const view = {
          ...rest,
          ...(shape && { shape }),
          ...(choices && { choices }),
          ...(preset !== undefined && { default: preset }),
        }
        const page = findWrong([view], () => text)?.failure.message ?? ''
        // Only the operating system decides whether a path is absolute.
        if (each.kind !== 'file' || page !== '') expect(page).toBe(said)
      }
    }
  },
)
