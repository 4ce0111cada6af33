import type { Field } from '../provider.ts'
import { transportFields } from '../wire/transport-fields.ts'

/** The login form of Svix: a key, and the application whose portal its tokens are for. */
export const svixFields: readonly Field[] = [
  {
    name: 'application',
    label: 'Application',
    kind: 'text',
    required: true,
    shape: {
      // Not a key: those of the hosted service begin with sk_ or testsk_, and those of a server are JWTs.
      pattern: '(?!sk_|testsk_|eyJ|[.]{1,2}$)[A-Za-z0-9._-]{1,256}',
      means:
        'the ID or UID of an application: up to 256 letters, digits, dots, hyphens and underscores',
    },
    help: 'Its ID, such as app_1srOrx2ZWZBpBUvZwXKQmoEYga2, or the UID that you gave it.',
  },
  {
    name: 'key',
    label: 'API key',
    kind: 'secret',
    required: true,
    help: 'An environment key from the dashboard. For your own server: what "svix-server jwt generate" prints.',
  },
  {
    name: 'region',
    label: 'Region',
    kind: 'choice',
    required: false,
    default: 'auto',
    choices: [
      { value: 'auto', label: 'Automatic (from the key or address)' },
      { value: 'us', label: 'United States' },
      { value: 'eu', label: 'European Union' },
      { value: 'ca', label: 'Canada' },
      { value: 'au', label: 'Australia' },
      { value: 'in', label: 'India' },
    ],
  },
  {
    name: 'url',
    label: 'Address',
    kind: 'url',
    required: false,
    when: { field: 'region', is: 'auto' },
    shape: {
      pattern: '(?!.*/api/v1(/|$)).*',
      means: 'the address of your server without /api/v1, such as https://svix.example.com',
    },
    help: 'Only for your own server, without /api/v1. Leave empty for the hosted service.',
  },
  {
    name: 'graceSeconds',
    label: 'Grace period',
    kind: 'text',
    required: false,
    shape: {
      // 0 to 259,200, the limit of the service.
      pattern: '0|[1-9][0-9]{0,4}|1[0-9]{5}|2[0-4][0-9]{4}|25[0-8][0-9]{3}|259[01][0-9]{2}|259200',
      means: 'a number of seconds from 0 to 259200 (3 days)',
    },
    help: 'How many seconds the sessions of other users stay valid after you revoke all tokens. Defaults to 0.',
  },
  ...transportFields,
]
