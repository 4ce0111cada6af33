import type { Field } from '../provider.ts'
import { sixDigits } from '../wire/field-shapes.ts'
import { transportFields } from '../wire/transport-fields.ts'

/** The login form of SFTPGo. */
export const sftpgoFields: readonly Field[] = [
  {
    name: 'url',
    label: 'Address',
    kind: 'url',
    required: true,
    shape: {
      pattern: '(?!.*/api/v2(/|$)).*',
      means: 'the address of the server without /api/v2, such as https://files.example.com',
    },
    help: 'For example https://files.example.com',
  },
  {
    name: 'role',
    label: 'Log in as',
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
    shape: sixDigits,
    help: 'Six digits from your authenticator app. You will be asked again when the session ends.',
  },
  {
    name: 'leaseBy',
    label: 'Separate tokens',
    kind: 'choice',
    required: false,
    default: 'login',
    help: 'API keys work from any address and without two-factor authentication until they expire. To create them, the administrator needs the permission *. If the defender of the server is on, a tool that keeps using a deleted key gets the address of this computer banned.',
    choices: [
      { value: 'login', label: 'A separate login' },
      { value: 'api_key', label: 'An API key that expires' },
    ],
    when: { field: 'role', is: 'admin' },
  },
  {
    name: 'keyUser',
    label: 'API keys act as',
    kind: 'text',
    required: false,
    help: 'A user name. Leave empty for the administrator. The account needs "allow API key authentication".',
    when: { field: 'leaseBy', is: 'api_key' },
  },
  ...transportFields,
]
