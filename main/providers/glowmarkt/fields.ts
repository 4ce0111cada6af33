import type { Field } from '../provider.ts'
import { uuid } from '../wire/field-shapes.ts'
import { transportFields } from '../wire/transport-fields.ts'

/** The application id that the Bright app sends; public, and the same for everybody. */
export const BRIGHT_APPLICATION_ID = 'b0f1b774-a586-4f72-9edd-27ead8aa7a8d'
/** Where the service is, without a slash at the end. */
export const GLOWMARKT_URL = 'https://api.glowmarkt.com/api/v0-1'

/** What a person enters to sign in to Glowmarkt: for most, the name and password of the Bright app. */
export const glowmarktFields: readonly Field[] = [
  {
    name: 'username',
    label: 'User name',
    kind: 'text',
    required: true,
    help: 'As in the Bright app, where it is an e-mail address.',
  },
  { name: 'password', label: 'Password', kind: 'secret', required: true },
  {
    name: 'applicationId',
    label: 'Application id',
    kind: 'text',
    required: false,
    default: BRIGHT_APPLICATION_ID,
    shape: uuid,
    help: 'That of the Bright app, unless your organisation has one of its own.',
  },
  {
    name: 'directoryId',
    label: 'Directory id',
    kind: 'text',
    required: false,
    shape: {
      pattern: '[A-Za-z0-9._-]{1,256}',
      means: 'an id: up to 256 letters, digits, dots, hyphens and underscores',
    },
    help: 'Only for organisations that keep their users in a directory of their own.',
  },
  {
    name: 'url',
    label: 'Address',
    kind: 'url',
    required: false,
    default: GLOWMARKT_URL,
    help: 'With /api/v0-1 at the end.',
  },
  ...transportFields,
]
