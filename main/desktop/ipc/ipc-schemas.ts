import { z } from 'zod'
import type { Channel } from '../../../preload/contract.ts'
import { longest } from '../../../renderer/text/limits.ts'
import { isTypedName, NAME_RULE, NOT_A_DISPLAY_NAME } from '../../../renderer/text/names.ts'
import { TOOL_NAME_RULE } from '../../../renderer/text/tools.ts'
import { activityKinds } from '../../base/activity-kinds.ts'
import { sayTooLong } from '../../base/forms/form-fields.ts'
import { isName } from '../../base/ids.ts'
import {
  isToolLifetime,
  LONGEST_LEASE_SECONDS,
  SHORTEST_LEASE_SECONDS,
} from '../../base/lease-limits.ts'
import { runs } from '../../base/operations.ts'
import { Secret } from '../../base/secret.ts'
import { accountColors, DISPLAY_NAME_RULE, isDisplayName } from '../../base/text/account-looks.ts'

const NO_NAME = `${NAME_RULE.message} ${NAME_RULE.hint}`

/** The uid of an account. */
const account = z.string().regex(/^[A-Za-z0-9]{16,64}$/)
/** The name of an account, as the user chose it. */
const name = z.string().refine(isName, NO_NAME)
/** The name of a new account, as the user typed it. */
const typedName = z
  .string()
  .refine(isTypedName, `${NOT_A_DISPLAY_NAME.message} ${NOT_A_DISPLAY_NAME.hint}`)
/** Empty to remove it. */
const displayName = z
  .string()
  .refine((text) => text === '' || isDisplayName(text), DISPLAY_NAME_RULE)
const toolName = z.string().refine(isName, `${TOOL_NAME_RULE.message} ${TOOL_NAME_RULE.hint}`)
/** The id of a tool. */
const tool = z.string().regex(/^[A-Za-z0-9]{1,64}$/)
/** More accounts than a tool has. */
const MOST_ACCOUNTS = 1_000
const accounts = z.array(account).min(1).max(MOST_ACCOUNTS)
const leaseKind = z.enum(['shared', 'dedicated'])
const operation = z.enum(runs.map(([name]) => name))
const toolLifetime = z.int().refine(isToolLifetime)
const leaseSeconds = z.int().min(SHORTEST_LEASE_SECONDS).max(LONGEST_LEASE_SECONDS)
const lease = z.string().regex(/^[A-Za-z0-9]{1,64}$/)
const form = z.enum(['token', 'header', 'curl'])
/** A typed text, refused under its label in the window. */
const typed = (label: string, most: number) => z.string().max(most, sayTooLong(label, most))
const application = typed('Another application', longest.application)
/** Longer than the ids of any service. */
const token = z.string().min(1).max(1_024)

/** Selects lines of the activity. */
const activityFilter = z.strictObject({
  search: typed('Search', longest.search).exactOptional(),
  account: z.string().min(1).max(130).exactOptional(),
  tool: z.string().refine(isName).exactOptional(),
  kind: z.enum(activityKinds).exactOptional(),
  since: z.int().min(0).exactOptional(),
})

/** More fields than any form has. */
const MOST_FIELDS = 32
const fields = <Value extends z.ZodType>(value: Value) =>
  z
    .record(z.string().min(1).max(64), value)
    .refine((record) => Object.keys(record).length <= MOST_FIELDS, 'The form has too many fields.')

/** Security: secrets are wrapped immediately, so that nothing can print them. */
const secret = z.string().transform((text) => new Secret(text))

/** Without lengths: the form itself refuses a text that is too long, under the label of the field. */
const login = {
  values: fields(z.string()),
  secrets: fields(secret),
  oneTimeCode: secret.exactOptional(),
  tryNow: z.literal(true).exactOptional(),
}

/** The arguments of each channel; anything else is refused before the handler is called. */
export const argumentSchemas = {
  snapshot: z.tuple([]),
  addAccount: z.tuple([
    z.strictObject({
      ...login,
      provider: z.string().refine(isName),
      name: typedName.exactOptional(),
      copyFrom: account.exactOptional(),
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
      displayName: displayName.exactOptional(),
      color: z.enum([...accountColors, 'none']).exactOptional(),
      pinned: z.boolean().exactOptional(),
    }),
  ]),
  copy: z.tuple([account, form]),
  clearClipboard: z.tuple([]),
  endLease: z.tuple([lease]),
  endAccount: z.tuple([account]),
  endHolder: z.tuple([tool]),
  endAll: z.tuple([]),
  listTokens: z.tuple([account]),
  revokeToken: z.tuple([account, token]),
  runOperation: z.tuple([account, operation, z.string().max(130).optional()]),
  tryNow: z.tuple([account]),
  portal: z.tuple([account, z.enum(['open', 'copy']), application.min(1).optional()]),
  activity: z.tuple([activityFilter, z.string().max(64).optional()]),
  exportActivity: z.tuple([activityFilter]),
  connectTool: z.tuple([toolName, accounts, toolLifetime]),
  setToolAccounts: z.tuple([tool, accounts]),
  setToolLifetime: z.tuple([tool, toolLifetime]),
  newToolSecret: z.tuple([tool]),
  copyToolSecret: z.tuple([tool, z.enum(['secret', 'curl', 'go', 'java', 'node', 'python'])]),
  saveToolSecret: z.tuple([tool]),
  dropToolSecret: z.tuple([tool]),
  removeTool: z.tuple([tool]),
  setPreferences: z.tuple([
    z.strictObject({
      clipboardSeconds: z.int().min(10).max(300).exactOptional(),
      leaseSeconds: leaseSeconds.exactOptional(),
      lockOnSleep: z.boolean().exactOptional(),
      startAtLogin: z.boolean().exactOptional(),
      globalShortcut: z.boolean().exactOptional(),
      leaseKind: z.enum(['shared', 'dedicated', 'service']).exactOptional(),
      accountOrder: z.enum(['recent', 'name', 'service']).exactOptional(),
      lockAfterIdleMinutes: z.int().min(0).max(1_440).exactOptional(),
      theme: z.enum(['system', 'light', 'dark']).exactOptional(),
      zoom: z.int().min(80).max(200).exactOptional(),
      notifyCopied: z.boolean().exactOptional(),
      notifyLoginRequired: z.boolean().exactOptional(),
      notifyServiceLimits: z.boolean().exactOptional(),
    }),
  ]),
  lock: z.tuple([]),
  unlock: z.tuple([]),
  retryVault: z.tuple([]),
  useMemory: z.tuple([]),
  dismissNotice: z.tuple([z.string().max(16_384)]),
  stopOtherBroker: z.tuple([]),
  chooseFile: z.tuple([]),
  exportSettings: z.tuple([]),
  importSettings: z.tuple([]),
  openDataFolder: z.tuple([]),
  copyAddress: z.tuple([]),
  licenses: z.tuple([]),
  reset: z.tuple([z.string().max(16)]),
  closePopover: z.tuple([]),
  quit: z.tuple([]),
} satisfies Readonly<Record<Channel, z.ZodType<readonly unknown[]>>>

/** The arguments of a channel's handler: checked, with secrets wrapped. */
export type Arguments<Name extends Channel> = z.output<(typeof argumentSchemas)[Name]>

/** The arguments that the page sends on a channel. */
export type SentArguments<Name extends Channel> = z.input<(typeof argumentSchemas)[Name]>

export type FilledForm = Arguments<'login'>[1]
