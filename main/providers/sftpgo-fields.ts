import type { Field } from './provider.ts'
import { transportFields } from './transport-fields.ts'

/** What a person enters to sign in to SFTPGo. */
export const sftpgoFields: readonly Field[] = [
  {
    name: 'url',
    label: 'Address',
    kind: 'url',
    required: true,
    help: 'As in https://files.example.com, without /api/v2.',
  },
  {
    name: 'role',
    label: 'Sign in as',
    kind: 'choice',
    required: false,
    default: 'user',
    choices: [
      { value: 'user', label: 'User' },
      { value: 'admin', label: 'Administrator' },
    ],
  },
  { name: 'username', label: 'User name', kind: 'text', required: true },
  { name: 'password', label: 'Password', kind: 'secret', required: true },
  {
    name: 'code',
    label: 'One-time code',
    kind: 'code',
    required: false,
    help: 'Six digits, if the account has two-factor authentication; a person must then log in each time.',
  },
  ...transportFields,
]
