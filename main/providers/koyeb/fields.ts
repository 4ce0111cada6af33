import type { Field } from '../provider.ts'
import { email, uuid } from '../wire/field-shapes.ts'
import { transportFields } from '../wire/transport-fields.ts'

/** Where the service is, without a slash at the end. */
export const KOYEB_URL = 'https://app.koyeb.com'

/** The answer to a person whose account cannot use the old login, here or there. */
export const USE_API_TOKEN =
  'Make an API token in the settings of Koyeb\'s console, and set "Log in with" to "API token" (way=api_token).'

const byToken = { field: 'way', is: 'api_token' } as const
const byPassword = { field: 'way', is: 'password' } as const

/** What a person enters to sign in to Koyeb: an API token, or what the old login takes. */
export const koyebFields: readonly Field[] = [
  {
    name: 'way',
    label: 'Log in with',
    kind: 'choice',
    required: false,
    default: 'api_token',
    choices: [
      { value: 'api_token', label: 'API token' },
      { value: 'password', label: 'E-mail and password (old login)' },
    ],
  },
  {
    name: 'token',
    label: 'API token',
    kind: 'secret',
    required: true,
    when: byToken,
    help: "A personal one, made in the settings of Koyeb's console; it has 64 characters.",
  },
  {
    name: 'email',
    label: 'E-mail',
    kind: 'text',
    required: true,
    when: byPassword,
    shape: email,
    help: 'Of an account that Koyeb has not moved to its new login, which needs a browser.',
  },
  { name: 'password', label: 'Password', kind: 'secret', required: true, when: byPassword },
  {
    name: 'organization',
    label: 'Organisation id',
    kind: 'text',
    required: false,
    shape: uuid,
    help: 'Left empty: the organisation that the token or the login belongs to.',
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
      means: 'the address of the service without /v1, as in https://app.koyeb.com',
    },
    help: 'Without /v1 at the end.',
  },
  ...transportFields,
]
