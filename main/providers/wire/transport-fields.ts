import type { Extent } from '../form.ts'
import { parseServiceUrl, requireEncryption } from '../http/base-url.ts'
import { readCaFile } from '../http/ca-file.ts'
import type { Transport } from '../http/http.ts'
import type { Field, FormValues } from '../provider.ts'

/** How to reach the service: the last fields of every form. */
export const transportFields: readonly Field[] = [
  {
    name: 'caFile',
    label: 'CA file',
    kind: 'file',
    required: false,
    help: 'Only for servers with a private certificate authority (PEM).',
  },
  {
    name: 'allowPlainHttp',
    label: 'Allow plain http',
    kind: 'choice',
    required: false,
    default: 'no',
    isPermission: true,
    help: 'Without https, anyone on the network can read your password.',
    choices: [
      { value: 'no', label: 'No' },
      { value: 'yes', label: 'Yes, without encryption' },
    ],
  },
]

/** The values of these fields for the HTTP client. */
export function toTransport(values: FormValues): Transport {
  const { caFile, allowPlainHttp } = values
  return { allowPlainHttp: allowPlainHttp === 'yes', ...(caFile ? { caFile } : {}) }
}

/**
 * Rejects as the first call to this address would before sending anything: for plain http to another machine,
 * unless an unfinished form has not answered that yet, and for an unusable CA file.
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
