import { expect, it } from 'vitest'
import { describe, type RecordedLine } from '../../../main/audit/reading/activity-words.ts'

const text = (line: Omit<RecordedLine, 'at'>) => {
  const { what, who, detail } = describe({ at: 0, ...line })
  return [what, who, ...(detail === undefined ? [] : [detail])].join(' | ')
}
const backup = { client: 'backup', account: 'sftpgo/home' }

it.each([
  [{ event: 'issue', ...backup, route: 'oauth' }, 'Token handed out | backup · sftpgo/home'],
  [
    { event: 'issue', client: 'cli', account: 'sftpgo/home', route: 'v1', reason: 'a try' },
    'Token handed out | you, on the command line · sftpgo/home | a try',
  ],
  [
    {
      ...{ event: 'client_changed', client: 'backup', setting: 'leaseSeconds' },
      ...{ from: 'account', to: '300', route: 'window' },
    },
    'Tool settings changed | backup · by you, in the window | Token lifetime: 5 minutes (before: that of the account)',
  ],
  [
    { event: 'issue', client: 'tray', account: 'sftpgo/home', route: 'window' },
    'Token handed out | you, in the window · sftpgo/home',
  ],
  [
    { event: 'refuse', ...backup, route: 'oauth', code: 'access_denied' },
    'Refused: not allowed | backup · sftpgo/home',
  ],
  [
    { event: 'refuse', ...backup, route: 'oauth', code: 'rate_limited' },
    'Refused: too many requests | backup · sftpgo/home',
  ],
  [
    { event: 'token_waiting', ...backup, route: 'broker', code: 'rate_limited', host: 'a.example' },
    'Token waiting to be revoked: the service is limiting requests | backup · sftpgo/home · a.example · by Tokentray',
  ],
  [
    { event: 'token_revoked', route: 'broker', cause: 'login', host: 'api.svix.com' },
    'Token revoked: created while logging in | api.svix.com · by Tokentray',
  ],
  [
    { event: 'token_waiting', route: 'broker', cause: 'login', code: 'temporarily_unavailable' },
    'Token waiting to be revoked: service down, created while logging in | by Tokentray',
  ],
  [
    { ...{ event: 'account_changed', setting: 'pinned', from: 'false', to: 'true' }, route: 'v1' },
    'Account settings changed | by you, on the command line | Pinned: on (before: off)',
  ],
  [
    { ...{ event: 'account_changed', setting: 'color', from: 'red', to: '' }, route: 'window' },
    'Account settings changed | by you, in the window | Color: none (before: red)',
  ],
  [{ event: 'refuse', route: 'oauth', code: 'invalid_client' }, 'Refused: unknown tool | '],
  [
    { event: 'refuse', client: 'backup', route: 'oauth', code: 'invalid_client' },
    'Refused: wrong secret | backup',
  ],
  [
    { event: 'refuse', ...backup, route: 'oauth', code: 'invalid_client', cause: 'tool_removed' },
    'Refused: tool removed | backup · sftpgo/home',
  ],
  // Without a cause, as earlier versions wrote them.
  [
    { event: 'refuse', client: 'backup', route: 'oauth', code: 'invalid_target' },
    'Refused: no single account matches | backup',
  ],
  [
    { event: 'refuse', ...backup, route: 'oauth', code: 'invalid_target' },
    'Refused: account not granted | backup · sftpgo/home',
  ],
  [{ event: 'refuse', route: 'v1', code: 'invalid_client' }, 'Refused: wrong owner key | '],
  [
    { event: 'token_waiting', ...backup, route: 'broker', cause: 'stopped', reason: 'It stopped.' },
    'Token waiting to be revoked: Tokentray stopped | backup · sftpgo/home · by Tokentray | It stopped.',
  ],
  [
    { event: 'portal', client: 'cli', account: 'svix/first', route: 'v1' },
    'Portal link created | you, on the command line · svix/first',
  ],
  [
    { event: 'end', ...backup, route: 'v1', cause: 'logged_out' },
    'Active token closed: logged out | backup · sftpgo/home · by you, on the command line',
  ],
  [
    { event: 'end', ...backup, route: 'broker', cause: 'expired', atService: 'shared' },
    'Active token closed: expired (others hold the same token) | backup · sftpgo/home · by Tokentray',
  ],
  [
    { event: 'end', ...backup, route: 'oauth', cause: 'asked' },
    'Active token closed | backup · sftpgo/home',
  ],
  [{ event: 'lock', route: 'tray' }, 'Locked | by you, in the tray menu'],
  [
    { event: 'client_added', client: 'backup', route: 'v1' },
    'Tool added | backup · by you, on the command line',
  ],
  [
    { event: 'account_renamed', account: 'sftpgo/new', from: 'sftpgo/home', route: 'window' },
    'Account renamed | sftpgo/new · by you, in the window | before: sftpgo/home',
  ],
  [
    ...([
      {
        event: 'settings_changed',
        setting: 'leaseSeconds',
        from: '900',
        to: '60',
        route: 'window',
      },
      'Settings changed | by you, in the window | Token lifetime: 1 minute (before: 15 minutes)',
    ] as const),
  ],
  [
    ...([
      {
        event: 'settings_changed',
        setting: 'lockOnSleep',
        from: 'true',
        to: 'false',
        route: 'tray',
      },
      'Settings changed | by you, in the tray menu | Lock on sleep: off (before: on)',
    ] as const),
  ],
  [
    {
      event: 'host_silent',
      host: 'files.example.com',
      route: 'broker',
      reason: 'It has blocked us.',
    },
    'Requests paused | files.example.com · by Tokentray | It has blocked us.',
  ],
  [{ event: 'something_new', account: 'sftpgo/home' }, 'Something new | sftpgo/home'],
  [
    {
      event: 'account_changed',
      account: 'sftpgo/home',
      setting: 'username',
      from: 'true',
      to: 'service',
    },
    'Account settings changed | sftpgo/home | username: service (before: true)',
  ],
  [
    {
      event: 'account_changed',
      account: 'sftpgo/home',
      setting: 'username',
      from: 'constructor',
      to: '__proto__',
    },
    'Account settings changed | sftpgo/home | username: __proto__ (before: constructor)',
  ],
  [
    { event: 'toString', account: 'sftpgo/home', code: '__proto__', route: 'constructor' },
    'ToString:   proto   | sftpgo/home',
  ],
  [
    { event: 'end', account: 'sftpgo/home', cause: 'constructor' },
    'Active token closed | sftpgo/home',
  ],
  [
    { event: 'settings_changed', setting: 'valueOf', from: 'toString', to: 'hasOwnProperty' },
    'Settings changed |  | valueOf: hasOwnProperty (before: toString)',
  ],
])('says what happened, to whom, and who did it: %j', (line, words) => {
  expect(text(line)).toBe(words)
})

it('shows lines of earlier versions, which did not record who it was', () => {
  expect(text({ event: 'login', account: 'sftpgo/home' })).toBe('Logged in | sftpgo/home')
  expect(text({ event: 'end', client: 'cli', account: 'sftpgo/home', atService: 'ended' })).toBe(
    'Active token closed | you · sftpgo/home',
  )
})
