import type { Field } from '../provider.ts'
import { transportFields } from '../wire/transport-fields.ts'

/** What a person enters to sign in to Svix: a key, and whose portal its tokens are for. */
export const svixFields: readonly Field[] = [
  {
    name: 'application',
    label: 'Application',
    kind: 'text',
    required: true,
    shape: {
      // Not a key: those of the hosted service begin with sk_ or testsk_, those of a server are JWTs.
      pattern: '(?!sk_|testsk_|eyJ|[.]{1,2}$)[A-Za-z0-9._-]{1,256}',
      means:
        'the id or uid of an application: up to 256 letters, digits, dots, hyphens and underscores',
    },
    help: 'Its id, as in app_1srOrx2ZWZBpBUvZwXKQmoEYga2, or the uid that you gave it.',
  },
  {
    name: 'key',
    label: 'API key',
    kind: 'secret',
    required: true,
    help: 'An environment key from the dashboard; of your own server, what "svix-server jwt generate" prints.',
  },
  {
    name: 'region',
    label: 'Region',
    kind: 'choice',
    required: false,
    default: 'auto',
    choices: [
      { value: 'auto', label: 'As the key or the address says' },
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
      means: 'the address of your server without /api/v1, as in https://svix.example.com',
    },
    help: 'Leave empty for the hosted service; of your own server without /api/v1.',
  },
  {
    name: 'graceSeconds',
    label: 'Grace period',
    kind: 'text',
    required: false,
    shape: {
      // What the service takes: 0 to 259,200.
      pattern: '0|[1-9][0-9]{0,4}|1[0-9]{5}|2[0-4][0-9]{4}|25[0-8][0-9]{3}|259[01][0-9]{2}|259200',
      means: 'a number of seconds from 0 to 259200 (3 days)',
    },
    help: 'In seconds: how long sessions of others stay valid after you revoke all tokens. 0 if left empty.',
  },
  ...transportFields,
]
