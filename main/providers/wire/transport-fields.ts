import type { Extent } from '../form.ts'
import { parseServiceUrl, requireEncryption } from '../http/base-url.ts'
import { readCaFile } from '../http/ca-file.ts'
import type { Transport } from '../http/http.ts'
import type { Field, FormValues } from '../provider.ts'

/** How the service is reached: the fields that end every form of a service on a host of its own. */
export const transportFields: readonly Field[] = [
  {
    name: 'caFile',
    label: 'CA file',
    kind: 'file',
    required: false,
    help: 'PEM file of the authority that signed the certificate of the service, if it is a private one.',
  },
  {
    name: 'allowPlainHttp',
    label: 'Allow plain http',
    kind: 'choice',
    required: false,
    default: 'no',
    help: 'Over http everybody on the way reads the password and the tokens.',
    choices: [
      { value: 'no', label: 'No' },
      { value: 'yes', label: 'Yes, without encryption' },
    ],
  },
]

/** What these fields say to the HTTP client. */
export function toTransport(values: FormValues): Transport {
  const { caFile, allowPlainHttp } = values
  return { allowPlainHttp: allowPlainHttp === 'yes', ...(caFile ? { caFile } : {}) }
}

/**
 * Throws what the first call to this address would throw before it sends anything: plain http to a
 * far host, unless whether it is allowed is still to be said; a CA file that is of no use.
 */
export async function checkTransport(
  values: FormValues,
  { isUnfinished = false }: Extent = {},
): Promise<void> {
  const transport = toTransport(values)
  const isOpen = isUnfinished && values['allowPlainHttp'] === undefined
  if (values['url'] && !isOpen) {
    requireEncryption(parseServiceUrl(values['url']), transport.allowPlainHttp)
  }
  if (transport.caFile) await readCaFile(transport.caFile)
}
