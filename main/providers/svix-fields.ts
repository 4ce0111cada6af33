import type { Field } from './provider.ts'
import { transportFields } from './transport-fields.ts'

/** What a person enters to sign in to Svix: a key, and whose portal its tokens are for. */
export const svixFields: readonly Field[] = [
  {
    name: 'key',
    label: 'API key',
    kind: 'secret',
    required: true,
    help: 'An environment key from the dashboard; of your own server, what "svix-server jwt generate" prints.',
  },
  {
    name: 'application',
    label: 'Application',
    kind: 'text',
    required: true,
    help: 'Its id, as in app_1srOrx2ZWZBpBUvZwXKQmoEYga2, or the uid that you gave it.',
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
    help: 'Leave empty for the hosted service; of your own server without /api/v1.',
  },
  ...transportFields,
]
