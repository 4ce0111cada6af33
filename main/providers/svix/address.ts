import { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import { addressField, type BaseUrl, parseBaseUrl } from '../http/base-url.ts'
import type { FormValues } from '../provider.ts'

const REGIONS = ['us', 'eu', 'ca', 'au', 'in']
/** Forwards to the right region by itself. */
const ANY_REGION = 'https://api.svix.com'

/**
 * The address of the service for this key, without a trailing slash, to be stored as `base`. Throws
 * `invalid_request` for the key of a self-hosted server without an address, and for an address that includes
 * the API path.
 */
export function findBase(values: FormValues, key: Secret): string {
  if (values['url']) return requireNoApiPath(baseOf(values))
  // Security: a JWT is the key of a self-hosted server and must not be sent to the hosted service.
  if (/^eyJ[^.]*\.[^.]*\.[^.]*$/.test(key.reveal())) {
    throw new TokentrayError('invalid_request', '"Address" is required.', {
      field: addressField,
      hint: 'This key is for your own server, so enter the address of that server.',
    })
  }
  if (isRegion(values['region'])) return baseOf(values).href
  // Security: a pasted key may only choose one of these regions, never a host.
  const named = key.reveal().split('.')[1]
  return isRegion(named) ? toUrl(named) : ANY_REGION
}

/** With the API path in the address, every call would look like a missing route. */
function requireNoApiPath({ href }: BaseUrl): string {
  if (!/\/api(\/v\d+)?$/.test(href)) return href
  throw new TokentrayError('invalid_request', 'The address must not include the path of the API.', {
    field: addressField,
    hint: 'Enter it without /api/v1.',
  })
}

/** The address of an account's service; throws `invalid_request` for an invalid one. */
export function baseOf({ url, region, base }: FormValues): BaseUrl {
  return parseBaseUrl(url || (isRegion(region) ? toUrl(region) : (base ?? ANY_REGION)))
}

/** The service's name in lists: `Svix EU`, or the host of a self-hosted server. */
export function placeOf(values: FormValues): string {
  const { href, host } = baseOf(values)
  if (href === ANY_REGION) return 'Svix'
  const region = REGIONS.find((candidate) => href === toUrl(candidate))
  return region === undefined ? host : `Svix ${region.toUpperCase()}`
}

/** True for the hosted service, false for a self-hosted server. */
export function isHostedService(values: FormValues): boolean {
  return new URL(baseOf(values).href).hostname.endsWith('.svix.com')
}

/** Host and port of the service, for messages. */
export const hostOf = (values: FormValues) => baseOf(values).host

const toUrl = (region: string) => `https://api.${region}.svix.com`

function isRegion(text: string | undefined): text is string {
  return text !== undefined && REGIONS.includes(text)
}
