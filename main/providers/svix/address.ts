import { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import { addressField, type BaseUrl, parseBaseUrl } from '../http/base-url.ts'
import type { FormValues } from '../provider.ts'

const REGIONS = ['us', 'eu', 'ca', 'au', 'in']
/** Where the hosted service sends on from by itself. */
const ANY_REGION = 'https://api.svix.com'

/**
 * Where the service of this key is, without a slash at the end: to be remembered as `base`. A key of
 * somebody's own server without an address is `invalid_request`, and so is an address with the path.
 */
export function findBase(values: FormValues, key: Secret): string {
  if (values['url']) return requireBare(baseOf(values))
  // Security: a JWT was signed by somebody's own server, and is none of the hosted service's business.
  if (/^eyJ[^.]*\.[^.]*\.[^.]*$/.test(key.reveal())) {
    throw new TokentrayError('invalid_request', '"Address" is missing.', {
      field: addressField,
      hint: 'This is the key of a server of your own, whose address it does not say.',
    })
  }
  if (isRegion(values['region'])) return baseOf(values).href
  // Security: a pasted key may choose among these and nothing else, or it would choose a host.
  const named = key.reveal().split('.')[1]
  return isRegion(named) ? toUrl(named) : ANY_REGION
}

/** Below the path of the API the service says of everything, in its own words, that it is not there. */
function requireBare({ href }: BaseUrl): string {
  if (!/\/api(\/v\d+)?$/.test(href)) return href
  throw new TokentrayError('invalid_request', '"Address" has the path of the API at its end.', {
    field: addressField,
    hint: 'Enter the address without it; /api/v1 is not part of it.',
  })
}

/** Where the service of an account is; an address that is none is `invalid_request`. */
export function baseOf({ url, region, base }: FormValues): BaseUrl {
  return parseBaseUrl(url || (isRegion(region) ? toUrl(region) : (base ?? ANY_REGION)))
}

/** Where an account is, for lists: `Svix EU`, or the host of somebody's own server. */
export function placeOf(values: FormValues): string {
  const { href, host } = baseOf(values)
  if (href === ANY_REGION) return 'Svix'
  const region = REGIONS.find((candidate) => href === toUrl(candidate))
  return region === undefined ? host : `Svix ${region.toUpperCase()}`
}

/** True for the service itself, false for somebody's own server. */
export function isHostedService(values: FormValues): boolean {
  return new URL(baseOf(values).href).hostname.endsWith('.svix.com')
}

/** Host and port of the service, for sentences. */
export const hostOf = (values: FormValues) => baseOf(values).host

const toUrl = (region: string) => `https://api.${region}.svix.com`

function isRegion(text: string | undefined): text is string {
  return text !== undefined && REGIONS.includes(text)
}
