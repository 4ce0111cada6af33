import { describe, expect, it } from 'vitest'
import { assumeHttps } from '../../renderer/form/fields.ts'

describe('an address', () => {
  it.each([
    ['files.example.com', 'https://files.example.com'],
    [' files.example.com ', 'https://files.example.com'],
    ['files.example.com:8443/base', 'https://files.example.com:8443/base'],
    ['localhost:8080', 'https://localhost:8080'],
    ['bücher.example/a?b', 'https://bücher.example/a?b'],
  ])('that begins with a host is an https one: %s', (typed, address) => {
    expect(assumeHttps(typed)).toBe(address)
  })

  it.each([
    ...[
      '',
      'files',
      'https://files.example.com',
      'http://files.example.com',
      'ftp://files.example.com',
    ],
    ...[
      '//files.example.com',
      '/files.example.com',
      'mailto:a.b',
      'a.b:c',
      'two words.com',
      '?a.b',
    ],
    // It could be a user name with a password.
    ...['alice@example.com', 'john.doe@example.com', 'alice:secret@example.com', 'https:a.b'],
  ])('that says more, or less, is left as it is: %j', (typed) => {
    expect(assumeHttps(typed)).toBe(typed)
  })
})
