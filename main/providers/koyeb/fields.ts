import type { Field } from '../provider.ts'
import { email, uuid } from '../wire/field-shapes.ts'
import { transportFields } from '../wire/transport-fields.ts'

/** The address of the service, without a trailing slash. */
export const KOYEB_URL = 'https://app.koyeb.com'

/** The hint for an account that cannot use the old login. */
export const USE_API_TOKEN =
  'Create an API token in the settings of Koyeb\'s console, and set "Log in with" to "API token" (way=api_token).'

const byToken = { field: 'way', is: 'api_token' } as const
const byPassword = { field: 'way', is: 'password' } as const

/** The login form of Koyeb: an API token, or the fields of the old login. */
export const koyebFields: readonly Field[] = [
  {
    name: 'way',
    label: 'Log in with',
    kind: 'choice',
    required: false,
    default: 'api_token',
    choices: [
      { value: 'api_token', label: 'API token' },
      { value: 'password', label: 'Email and password (old login)' },
    ],
  },
  {
    name: 'token',
    label: 'API token',
    kind: 'secret',
    required: true,
    when: byToken,
    help: "A personal API token from the settings of Koyeb's console. It has 64 characters.",
  },
  {
    name: 'email',
    label: 'Email',
    kind: 'text',
    required: true,
    when: byPassword,
    shape: email,
    help: 'For accounts that Koyeb has not moved to its new login, which needs a browser.',
  },
  { name: 'password', label: 'Password', kind: 'secret', required: true, when: byPassword },
  {
    name: 'organization',
    label: 'Organization ID',
    kind: 'text',
    required: false,
    shape: uuid,
    help: 'Optional. Defaults to the organization of the token or login.',
  },
  {
    name: 'fingerprint',
    label: 'Fingerprint',
    kind: 'text',
    required: false,
    when: byPassword,
    help: 'Anti-fraud fingerprint of a browser (SEON), if the old login asks for one.',
  },
  {
    name: 'url',
    label: 'Address',
    kind: 'url',
    required: false,
    default: KOYEB_URL,
    shape: {
      pattern: '(?!.*/v1$).*',
      means: 'the address of the service without /v1, such as https://app.koyeb.com',
    },
    help: 'Without /v1 at the end.',
  },
  ...transportFields,
]
