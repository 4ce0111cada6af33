import type { z } from 'zod'
import type * as schemas from './schemas.ts'

/** The bodies of the loopback endpoint as types, so that the command line does not import zod. */
export type ErrorAnswer = z.infer<typeof schemas.errorAnswer>
export type TokenAnswer = z.infer<typeof schemas.tokenAnswer>
export type EndAnswer = z.infer<typeof schemas.endAnswer>
export type EndedLease = z.infer<typeof schemas.endedLease>
export type StatusAnswer = z.infer<typeof schemas.statusAnswer>
export type FieldAnswer = z.infer<typeof schemas.fieldAnswer>
export type ProvidersAnswer = z.infer<typeof schemas.providersAnswer>
export type AccountAnswer = z.infer<typeof schemas.accountAnswer>
export type AccountsAnswer = { accounts: AccountAnswer[] }
export type ChangeAccountRequest = z.input<typeof schemas.changeAccountRequest>
export type FindAccountRequest = z.input<typeof schemas.findAccountRequest>
export type FoundAccountAnswer = z.infer<typeof schemas.grantedAccountAnswer>
export type IssueRequest = z.input<typeof schemas.issueRequest>
export type ClientsAnswer = z.infer<typeof schemas.clientsAnswer>
export type ClientAnswer = z.infer<typeof schemas.clientAnswer>
export type ChangedClientAnswer = z.infer<typeof schemas.changedClientAnswer>
export type ChangeClientRequest = z.input<typeof schemas.changeClientRequest>
export type AddClientRequest = z.input<typeof schemas.addClientRequest>
export type AddedClientAnswer = z.infer<typeof schemas.addedClientAnswer>
export type SessionTokenAnswer = z.infer<typeof schemas.sessionToken>
export type LingeringToken = z.infer<typeof schemas.lingeringToken>
export type LeasesAnswer = z.infer<typeof schemas.leasesAnswer>
export type EndRequest = z.input<typeof schemas.endRequest>
export type ListedTokensAnswer = z.infer<typeof schemas.listedTokensAnswer>
export type ListedTokenAnswer = z.infer<typeof schemas.listedTokenAnswer>
export type RevokedTokenAnswer = z.infer<typeof schemas.revokedTokenAnswer>
export type PortalAnswer = z.infer<typeof schemas.portalAnswer>
export type ActivityRequest = z.input<typeof schemas.activityRequest>
export type ActivityAnswer = z.infer<typeof schemas.activityAnswer>
export type ActivityLineAnswer = z.infer<typeof schemas.activityLine>
export type Operation = AccountAnswer['operations'][number]
export type ExportDocument = z.infer<typeof schemas.exportDocument>
export type ImportAnswer = z.infer<typeof schemas.importAnswer>
