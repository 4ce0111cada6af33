import type { FormValues, Provider } from '../../providers/provider.ts'

/** True for a host that accounts with these values are at. */
export function concerns(
  { host, provider }: { readonly host: string; readonly provider: string },
  { id, fields }: Provider,
  values: FormValues,
): boolean {
  const place = hostOfAccount({ fields }, values)
  // Services that are at one place only have no field for it.
  return place === undefined ? provider === id : place === host
}

/**
 * The host that accounts with these values are at; `null` where the values name none, `undefined` where
 * the service is at one place only and has no field for it.
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

/** As in the URL, with the port where that is not the usual one; `null` for what is no URL. */
export function hostOf(text: string): string | null {
  const trimmed = text.trim()
  return URL.canParse(trimmed) ? new URL(trimmed).host : null
}

/** Where a token is from, for people. */
export const hostLabel = ({
  provider,
  values,
}: {
  readonly provider: string
  readonly values: FormValues
}): string => hostOf(values['url'] ?? '') ?? provider
