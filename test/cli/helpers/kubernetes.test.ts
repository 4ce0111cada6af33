import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { markedSecret } from '../../helpers/marks.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'
import { NOW, token } from '../samples.ts'

const ISSUE = 'POST /v1/tokens'
const SECRET = markedSecret('kubernetes')
const V1 = 'client.authentication.k8s.io/v1'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())

const kubernetes = (info?: string, ...args: readonly string[]) =>
  runCli(endpoint.directories, ['credential', 'kubernetes', 'sftpgo/work', ...args], {
    variables: info === undefined ? {} : { KUBERNETES_EXEC_INFO: info },
  })
const issuing = (headers: Readonly<Record<string, string>>) =>
  endpoint.reply(ISSUE, { ...token, headers })
const asking = (apiVersion: unknown) =>
  JSON.stringify({ kind: 'ExecCredential', apiVersion, spec: { interactive: false } })

describe('credential kubernetes', () => {
  test.each([
    ['without a version', undefined, V1],
    ['for v1', asking(V1), V1],
    ['for v1beta1', asking(`${V1}beta1`), `${V1}beta1`],
  ])('answers kubectl %s', async (_case, info, apiVersion) => {
    issuing({ Authorization: `Bearer ${SECRET}` })
    const { exit, stdout, stderr } = await kubernetes(info)
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    const expirationTimestamp = new Date(NOW + token.expires_in * 1000)
      .toISOString()
      .replace('.000Z', 'Z')
    expect(JSON.parse(stdout)).toEqual({
      apiVersion,
      kind: 'ExecCredential',
      status: { token: SECRET, expirationTimestamp },
    })
    expect(endpoint.bodies(ISSUE)).toEqual([{ account: 'sftpgo/work', reason: 'kubernetes' }])
  })

  test.each([
    asking('client.authentication.k8s.io/v1alpha1'),
    asking([V1]),
    '{}',
    'null',
    'not JSON',
  ])('gives nothing to %j', async (info) => {
    const { exit, stdout, stderr } = await kubernetes(info)
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
    expect(stderr).toMatch(/^tokentray: KUBERNETES_EXEC_INFO asks for an unknown version\. .*\n$/)
    expect(endpoint.bodies(ISSUE)).toEqual([])
  })

  test.each([{ Authorization: `Basic ${SECRET}` }, { 'X-Key': SECRET }])(
    'gives no token that is not a Bearer',
    async (headers) => {
      issuing(headers)
      const { exit, stdout, stderr } = await kubernetes()
      expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
      expect(stderr).toMatch(/^tokentray: Tokens of sftpgo\/work do not fit here\. /)
    },
  )

  test('says on one line why there is no token', async () => {
    endpoint.refuse(ISSUE, 'vault_locked')
    const { exit, stdout, stderr } = await kubernetes()
    expect({ exit, stdout }).toEqual({ exit: 7, stdout: '' })
    expect(stderr).toMatch(/^tokentray: Tokentray is locked\. .*\n$/)
  })

  test('prints what to add to the configuration, and asks for no token', async () => {
    const { exit, stdout } = await kubernetes(undefined, '--config')
    expect(exit).toBe(0)
    expect(stdout).toContain('args: ["credential", "kubernetes", "sftpgo/work"]')
    expect(stdout).toContain('interactiveMode: Never')
    expect(stdout).toContain('installHint: ')
    expect(endpoint.bodies(ISSUE)).toEqual([])
  })
})
