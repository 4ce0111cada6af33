import { describe, expect, it } from 'vitest'
import type { FilledForm } from '../simulators/five-services.ts'
import { goodbye, lines } from './lines.ts'

const SECRET = 'abcdefghijklmnop'
const url = 'http://127.0.0.1:65535'
const forms: readonly FilledForm[] = [
  {
    ...{ provider: 'glowmarkt', values: { url: `${url}/api/v0-1`, username: 'demo@example.com' } },
    secrets: { password: SECRET },
  },
  {
    ...{ provider: 'svix', values: { url, application: 'app_demo' } },
    secrets: { key: SECRET },
  },
]
const places: Parameters<typeof lines>[0] = {
  ...{ kind: 'tray', platform: 'linux' },
  ...{ issuer: url, forms, page: `${url}/api/v2/user/profile` },
  ...{ bin: '/tmp/tokentray-AbCdEf/bin', config: '/tmp/tokentray-AbCdEf/tool.curl' },
}

describe.each(['tray', 'preview', 'agent'] as const)('what the demo prints with the %s', (kind) => {
  const text = lines({ ...places, kind })

  it('fits 80 columns', () => {
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  it('has no secret in a command', () => {
    const commands = text.split('\n').filter((line) => /^ +(tokentray|curl|export|-d)/.test(line))
    expect(commands.length).toBeGreaterThan(10)
    expect(commands.filter((line) => line.includes(SECRET))).toEqual([])
  })
})

it('is for PowerShell on Windows', () => {
  const text = lines({ ...places, platform: 'win32', bin: 'C:\\Temp\\x\\bin' })
  expect(text).toContain('  $env:PATH = "C:\\Temp\\x\\bin;$env:PATH"\n')
  expect(text).toContain('  tokentray header sftpgo/demo | curl.exe --noproxy "*"')
  expect(text).not.toMatch(/\\$/m)
})

it('keeps what a shell would take for its own in the name of the folder', () => {
  const text = lines({ ...places, bin: '/tmp/$x "y"/bin' })
  expect(text).toContain('  export PATH="/tmp/\\$x \\"y\\"/bin:$PATH"\n')
})

it('says at the end which tokens are still accepted', () => {
  const revoked = 'The demo is over. All tokens that can be revoked are revoked.'
  expect(goodbye(0, 0)).toBe(revoked)
  expect(goodbye(0, 1)).toBe(
    `${revoked}\nKoyeb cannot revoke tokens: it accepts 1 token until it expires.`,
  )
  expect(goodbye(0, 2)).toBe(
    `${revoked}\nKoyeb cannot revoke tokens: it accepts 2 tokens until they expire.`,
  )
  const left = (tokens: string) => `The demo is over. ${tokens} still accepted.`
  expect(goodbye(1, 0)).toBe(left('1 token that can be revoked is'))
  expect(goodbye(12, 0)).toBe(left('12 tokens that can be revoked are'))
})
