import type { Field } from '../provider.ts'
import { sixDigits } from '../wire/field-shapes.ts'
import { transportFields } from '../wire/transport-fields.ts'

/** What a person enters to sign in to SFTPGo. */
export const sftpgoFields: readonly Field[] = [
  {
    name: 'url',
    label: 'Address',
    kind: 'url',
    required: true,
    shape: {
      pattern: '(?!.*/api/v2(/|$)).*',
      means: 'the address of the server without /api/v2, as in https://files.example.com',
    },
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
    shape: sixDigits,
    help: 'Six digits from your authenticator app. You will be asked again when the session ends.',
  },
  {
    name: 'leaseBy',
    label: 'Dedicated leases',
    kind: 'choice',
    required: false,
    default: 'login',
    help: 'An API key works from any address and without a second factor until its lease ends; to make one, the administrator needs permission *. If the server has its defender on, a tool that goes on using a deleted key gets this address banned.',
    choices: [
      { value: 'login', label: 'A login of its own' },
      { value: 'api_key', label: 'An expiring API key' },
    ],
    when: { field: 'role', is: 'admin' },
  },
  {
    name: 'keyUser',
    label: 'Keys act for',
    kind: 'text',
    required: false,
    help: 'A user; empty for the administrator itself. That account needs "allow API key authentication".',
    when: { field: 'leaseBy', is: 'api_key' },
  },
  ...transportFields,
]
