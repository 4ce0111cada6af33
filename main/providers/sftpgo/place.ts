import { parseBaseUrl } from '../http/base-url.ts'
import type { FormValues } from '../provider.ts'

/** Host and port of the service, for sentences. */
export const hostOf = (values: FormValues) => parseBaseUrl(values['url'] ?? '').host
