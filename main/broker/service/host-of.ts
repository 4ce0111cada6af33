import { parseUrl } from '../../base/text/parse-url.ts'
import type { FormValues, Provider } from '../../providers/provider.ts'

/** True for the host of accounts with these values. */
export function concerns(
  { host, provider }: { readonly host: string; readonly provider: string },
  { id, fields }: Provider,
  values: FormValues,
): boolean {
  const place = hostOfAccount({ fields }, values)
  // Services with a fixed address have no field for it.
  return place === undefined ? provider === id : place === host
}

/**
 * The host of accounts with these values; `null` if the values have none, `undefined` if the service has a
 * fixed address and no field for it.
 */
export function hostOfAccount(
  { fields }: Pick<Provider, 'fields'>,
  values: FormValues,
): string | null | undefined {
  const field = fields.find(({ name }) => name === 'url')
  const url = values['url'] || field?.default
  if (url) return hostOf(url)
  return field ? null : undefined
}

/** The host with any non-default port; `null` for an invalid URL. */
export function hostOf(text: string): string | null {
  return parseUrl(text.trim())?.host ?? null
}

/** The host of a token, or else its provider, to show to the user. */
export const hostLabel = ({
  provider,
  values,
}: {
  readonly provider: string
  readonly values: FormValues
}): string => hostOf(values['url'] ?? '') ?? provider
