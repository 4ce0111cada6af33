import { z } from 'zod'
import type { Channel } from '../../../preload/contract.ts'
import { longest } from '../../../renderer/text/limits.ts'
import { NAME_RULE } from '../../../renderer/text/names.ts'
import { sayTooLong } from '../../base/forms/form-fields.ts'
import { isName } from '../../base/ids.ts'
import { LONGEST_LEASE_SECONDS, SHORTEST_LEASE_SECONDS } from '../../base/lease-limits.ts'
import { Secret } from '../../base/secret.ts'

const NO_NAME = `${NAME_RULE.message} ${NAME_RULE.hint}`

/** The uid of an account. */
const account = z.string().regex(/^[A-Za-z0-9]{16,64}$/)
/** The name of an account, as a person chose it. */
const name = z.string().refine(isName, NO_NAME)
const leaseKind = z.enum(['shared', 'dedicated'])
const leaseSeconds = z.int().min(SHORTEST_LEASE_SECONDS).max(LONGEST_LEASE_SECONDS)
const lease = z.string().regex(/^[A-Za-z0-9]{1,64}$/)
const form = z.enum(['token', 'header', 'curl'])
/** What a person typed, refused by what that is called in the window. */
const typed = (label: string, most: number) => z.string().max(most, sayTooLong(label, most))
const application = typed('Another application', longest.application)
/** As long as no service makes one. */
const token = z.string().min(1).max(1_024)

/** As many fields as no form has. */
const MOST_FIELDS = 32
const fields = <Value extends z.ZodType>(value: Value) =>
  z
    .record(z.string().min(1).max(64), value)
    .refine((record) => Object.keys(record).length <= MOST_FIELDS, 'The form has too many fields.')

/** Security: a secret is wrapped as soon as it is here, so that nothing can print it. */
const secret = z.string().transform((text) => new Secret(text))

/** What is too long the form refuses itself, by the label of the field. */
const login = {
  values: fields(z.string()),
  secrets: fields(secret),
  oneTimeCode: secret.exactOptional(),
  tryNow: z.literal(true).exactOptional(),
}

/** What each channel takes: anything else is refused before it is looked at. */
export const argumentSchemas = {
  snapshot: z.tuple([]),
  addAccount: z.tuple([
    z.strictObject({
      ...login,
      provider: z.string().refine(isName),
      name: name.exactOptional(),
      like: account.exactOptional(),
    }),
  ]),
  login: z.tuple([account, z.strictObject(login)]),
  logout: z.tuple([account]),
  removeAccount: z.tuple([account]),
  changeAccount: z.tuple([
    account,
    z.strictObject({
      name: name.exactOptional(),
      leaseKind: leaseKind.exactOptional(),
      leaseSeconds: leaseSeconds.exactOptional(),
    }),
  ]),
  copy: z.tuple([account, form]),
  clearClipboard: z.tuple([]),
  endLease: z.tuple([lease]),
  endAccount: z.tuple([account]),
  endAll: z.tuple([]),
  listTokens: z.tuple([account]),
  revokeToken: z.tuple([account, token]),
  revokeAll: z.tuple([account, z.string().max(130)]),
  rotate: z.tuple([account]),
  tryNow: z.tuple([account]),
  portal: z.tuple([account, z.enum(['open', 'copy']), application.min(1).optional()]),
  activity: z.tuple([typed('Search', longest.search), z.string().max(64).optional()]),
  setPreferences: z.tuple([
    z.strictObject({
      clipboardSeconds: z.int().min(10).max(300).exactOptional(),
      leaseSeconds: leaseSeconds.exactOptional(),
      lockOnSleep: z.boolean().exactOptional(),
      startAtLogin: z.boolean().exactOptional(),
      leaseKind: z.enum(['shared', 'dedicated', 'service']).exactOptional(),
    }),
  ]),
  lock: z.tuple([]),
  unlock: z.tuple([]),
  retryVault: z.tuple([]),
  useMemory: z.tuple([]),
  dismissNotice: z.tuple([z.string().max(16_384)]),
  stopOtherBroker: z.tuple([]),
  chooseFile: z.tuple([]),
  closePopover: z.tuple([]),
  quit: z.tuple([]),
} satisfies Readonly<Record<Channel, z.ZodType<readonly unknown[]>>>

/** What a handler of a channel is called with: checked, and with its secrets wrapped. */
export type Arguments<Name extends Channel> = z.output<(typeof argumentSchemas)[Name]>

/** What the page sends on a channel. */
export type SentArguments<Name extends Channel> = z.input<(typeof argumentSchemas)[Name]>

export type FilledForm = Arguments<'login'>[1]
