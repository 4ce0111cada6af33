import type { SftpgoAccount } from '../simulators/sftpgo-simulator.ts'
import { TOTP_SECRETS } from './sftpgo-caller.ts'

/** One account for each condition that SFTPGo treats differently. */
export function sftpgoAccounts(password: string): readonly SftpgoAccount[] {
  const user = (username: string, more: Partial<SftpgoAccount> = {}) => ({
    ...{ username, password },
    ...more,
  })
  const admin = (username: string, more: Partial<SftpgoAccount> = {}) =>
    user(username, { role: 'admin', ...more })
  return [
    user('alice', { allowApiKeyAuth: true }),
    user('bob'),
    user('coded', { totpSecret: TOTP_SECRETS.coded }),
    user('codedtwice', { totpSecret: TOTP_SECRETS.codedtwice }),
    user('stale', { mustChangePassword: true }),
    user('unenrolled', { mustEnrol: ['SSH', 'HTTP'] }),
    user('nohttp', { barred: 'protocol' }),
    user('banned', { barred: 'protocol' }),
    user('nopassword', { barred: 'method' }),
    user('nofrom', { barred: 'address' }),
    user('off', { disabled: true }),
    user('expired', { expired: true }),
    user('leaving', { allowApiKeyAuth: true }),
    user('gone', { allowApiKeyAuth: true }),
    admin('root', { allowApiKeyAuth: true }),
    admin('viewer', { permissions: ['view_users'], allowApiKeyAuth: true }),
    admin('keyless'),
    admin('codedroot', { totpSecret: TOTP_SECRETS.codedroot }),
    admin('staleroot', { mustChangePassword: true }),
    admin('unenrolledroot', { mustEnrol: [] }),
    admin('offroot', { disabled: true }),
    admin('nofromroot', { barred: 'address' }),
  ]
}
