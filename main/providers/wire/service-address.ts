import { type BaseUrl, parseBaseUrl } from '../http/base-url.ts'
import type { FormValues } from '../provider.ts'

/** The address that an account has for its service; throws `invalid_request` for an invalid one. */
export const serviceAddress = ({ url = '' }: FormValues): BaseUrl => parseBaseUrl(url)

/** Host and port of the service, for messages. */
export const hostOf = (values: FormValues): string => serviceAddress(values).host
