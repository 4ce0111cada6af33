import type { Field } from '../provider.ts'
import { email } from '../wire/shapes.ts'
import { transportFields } from '../wire/transport-fields.ts'

/** What a person enters to sign in to a Giant Swarm installation. */
export const giantswarmFields: readonly Field[] = [
  {
    name: 'url',
    label: 'API endpoint',
    kind: 'url',
    required: true,
    shape: {
      pattern: '(?!.*/v4(/|$)).*',
      means: 'the address of the API without /v4, as in https://api.example.gigantic.io',
    },
    help: 'As in https://api.example.gigantic.io, without /v4. The vendor has retired this API: it works only with an installation that still serves it.',
  },
  { name: 'email', label: 'E-mail', kind: 'text', required: true, shape: email },
  { name: 'password', label: 'Password', kind: 'secret', required: true },
  {
    name: 'sendCommandLine',
    label: 'Send command lines',
    kind: 'choice',
    required: false,
    default: 'no',
    help: 'Names the command line of the tool that asked, or that of Tokentray where it cannot be known. What looks secret is masked.',
    choices: [
      { value: 'no', label: 'No' },
      { value: 'yes', label: 'Yes, redacted' },
    ],
  },
  ...transportFields,
]
