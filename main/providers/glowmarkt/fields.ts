import type { Field } from '../provider.ts'
import { uuid } from '../wire/field-shapes.ts'
import { transportFields } from '../wire/transport-fields.ts'

/** The application id of the Bright app; public, and the same for all users. */
export const BRIGHT_APPLICATION_ID = 'b0f1b774-a586-4f72-9edd-27ead8aa7a8d'
/** The address of the service, without a trailing slash. */
export const GLOWMARKT_URL = 'https://api.glowmarkt.com/api/v0-1'

/** The login form of Glowmarkt: most users enter the user name and password of the Bright app. */
export const glowmarktFields: readonly Field[] = [
  {
    name: 'username',
    label: 'User name',
    kind: 'text',
    required: true,
    help: 'As in the Bright app, where it is an email address.',
  },
  { name: 'password', label: 'Password', kind: 'secret', required: true },
  {
    name: 'applicationId',
    label: 'Application ID',
    kind: 'text',
    required: false,
    default: BRIGHT_APPLICATION_ID,
    shape: uuid,
    help: 'Leave as it is, unless your organization has its own.',
  },
  {
    name: 'directoryId',
    label: 'Directory ID',
    kind: 'text',
    required: false,
    shape: {
      pattern: '[A-Za-z0-9._-]{1,256}',
      means: 'an ID: up to 256 letters, digits, dots, hyphens and underscores',
    },
    help: 'Only for organizations with their own user directory.',
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
