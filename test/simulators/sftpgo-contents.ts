import type { SftpgoAccounts } from './sftpgo-accounts.ts'
import { given, said } from './sftpgo-answers.ts'
import type { SimulatedAnswer } from './simulator.ts'

const VERSION = {
  version: '2.7.5',
  build_date: '2026-05-01T08:00:00Z',
  commit_hash: '42f7a4d4',
  features: ['+bolt'],
}
const DIRS = [
  { name: 'reports', mode: 2147484141, size: 0, last_modified: '2026-05-01T08:00:00Z' },
  { name: 'readme.txt', mode: 420, size: 1204, last_modified: '2026-05-02T09:30:00Z' },
]
const RECORD = /^\/api\/v2\/(?<list>users|admins)\/(?<name>[^/]+)$/

/** True for a route with content, besides logins, log-outs and API keys. */
export function isContent(path: string): boolean {
  return (
    ['/api/v2/version', '/api/v2/users', '/api/v2/user/profile', '/api/v2/user/dirs'].includes(
      path,
    ) || RECORD.test(path)
  )
}

/** True for routes open to an account that must change its password or enrol a second factor. */
export function isOpenToAll(path: string): boolean {
  return path === '/api/v2/version' || path === '/api/v2/user/profile'
}

/** True if these permissions of an administrator allow the route. */
export function mayEnter(path: string, permissions: unknown): boolean {
  const needed = path.startsWith('/api/v2/users')
    ? 'view_users'
    : path.startsWith('/api/v2/admins/') && 'manage_admins'
  if (!needed) return true
  return Array.isArray(permissions) && ['*', needed].some((each) => permissions.includes(each))
}

/** The content of the route for an authorized caller. */
export function contentOf(
  path: string,
  username: string,
  accounts: SftpgoAccounts,
): SimulatedAnswer {
  const record = RECORD.exec(path)?.groups
  if (record) {
    const role = record['list'] === 'users' ? 'user' : 'admin'
    return recordOf(decodeURIComponent(record['name'] ?? ''), role, accounts)
  }
  if (path === '/api/v2/version') return given(VERSION)
  if (path === '/api/v2/users') return given([])
  // The token of a deleted account stays valid, and finds nothing.
  const user = accounts.find(username, 'user')
  if (!user) return said(404, '', 'Not Found')
  if (path === '/api/v2/user/dirs') return given(DIRS)
  return given({ allow_api_key_auth: user.allowApiKeyAuth ?? false })
}

function recordOf(
  username: string,
  role: 'user' | 'admin',
  accounts: SftpgoAccounts,
): SimulatedAnswer {
  const account = accounts.find(username, role)
  if (!account) return said(404, '', 'Not Found')
  return given({
    username,
    status: account.disabled ? 0 : 1,
    filters: account.allowApiKeyAuth ? { allow_api_key_auth: true } : {},
  })
}
