import { expect, test } from 'vitest'
import { forCommandLine, forWindow, settingsIn } from '../../../main/base/text/hints.ts'
import { requireEncryption } from '../../../main/providers/http/base-url.ts'
import { toHttpError } from '../../../main/providers/http/failure.ts'
import { USE_API_TOKEN } from '../../../main/providers/koyeb/fields.ts'
import { roleHint } from '../../../main/providers/sftpgo/call.ts'
import { refusalOf } from '../../providers/calling.ts'

const plainHttp = async () => {
  const refused = Promise.resolve().then(() => requireEncryption(new URL('http://x.example')))
  return (await refusalOf(refused, 'invalid_request')).hint
}
const untrusted = Object.assign(new Error(), { code: 'SELF_SIGNED_CERT_IN_CHAIN' })

test.each([
  ['another role', async () => roleHint({}), 'role=admin', '"Log in as" to "Administrator".'],
  ['a user', async () => roleHint({ role: 'admin' }), 'role=user', '"Log in as" to "User".'],
  [
    'plain http',
    plainHttp,
    'allowPlainHttp=yes',
    '"Allow plain http" to "Yes, without encryption".',
  ],
  ['a token', async () => USE_API_TOKEN, 'way=api_token', '"Log in with" to "API token".'],
  [
    'an authority',
    async () => toHttpError(untrusted, 'x.example', false).hint,
    'caFile=PATH',
    '"CA file" to its certificate.',
  ],
])(
  'a hint that names a field says what to do in the window and on the command line: %s',
  async (_, hint, setting, label) => {
    const said = await hint()
    expect(forCommandLine(said)).toContain(`start again with --set ${setting}.`)
    expect(forCommandLine(said)).not.toContain('"')
    expect(forWindow(said)).toContain(`set ${label}`)
    expect(forWindow(said)).not.toContain(setting)
  },
)

test('a hint without a field stays unchanged, and of several sentences those with a field are found', () => {
  const plain = 'Check the name (of the user), and try again.'
  expect([forCommandLine(plain), forWindow(plain), settingsIn(plain)]).toEqual([plain, plain, ''])
  expect(settingsIn(`${plain} ${roleHint({})}`)).toBe(roleHint({}))
})
