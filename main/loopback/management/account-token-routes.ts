import { TokentrayError } from '../../base/errors.ts'
import {
  type OperationRun,
  operationRows,
  type RunnableOperation,
  runs,
} from '../../base/operations.ts'
import type { Account } from '../../broker/account/accounts.ts'
import { notSupported, operationsOf } from '../../broker/account/operations.ts'
import type { Broker } from '../../broker/broker.ts'
import { cliClient } from '../../broker/clients.ts'
import type { RevokedToken } from '../../broker/token-admin/token-admin.ts'
import * as schemas from '../schemas/schemas.ts'
import { toSeconds } from '../schemas/to-body.ts'
import { toEndedLeases, toListedToken } from '../schemas/views.ts'
import type { RevokedTokenAnswer } from '../schemas/wire.ts'
import { ACCOUNT_PATH, findAccount } from './find-account.ts'
import { type Route, withBody, withoutBody } from './route.ts'

/** Operations on the tokens of an account, besides issuing them. */
export function accountTokenRoutes(broker: Broker): Route[] {
  const { tokenAdmin } = broker
  return [
    withoutBody({
      method: 'GET',
      path: `${ACCOUNT_PATH}/tokens`,
      operationId: 'listTokens',
      reach: 'service',
      summary:
        "Lists all tokens on the service's list for the account, including those of other programs.",
      answer: schemas.listedTokensAnswer,
      handle: async (call) => {
        const listed = await tokenAdmin.list(findAccount(broker, call))
        return { tokens: listed.map((token) => toListedToken(token, broker)) }
      },
    }),
    withBody({
      method: 'POST',
      path: `${ACCOUNT_PATH}/tokens/revoke`,
      operationId: 'revokeToken',
      reach: 'service',
      summary: 'Revokes one of these tokens by its id, even if another program uses it.',
      body: schemas.revokeTokenRequest,
      answer: schemas.revokedTokenAnswer,
      handle: async (call) => {
        const account = findAccount(broker, call)
        const ended = await tokenAdmin.revokeToken(account, call.body.id, cliClient)
        return toRevokedToken(ended, account, broker)
      },
    }),
    ...runs.map(([name, run]) => runRoute(broker, name, run)),
    withBody({
      method: 'POST',
      path: `${ACCOUNT_PATH}/portal`,
      operationId: 'openPortal',
      reach: 'service',
      summary: 'Creates a link that logs a browser in once. Only this response contains it.',
      body: schemas.portalRequest,
      answer: schemas.portalAnswer,
      handle: async (call) => {
        const account = findAccount(broker, call)
        const { url, lease } = await tokenAdmin.portal(account, cliClient, call.body.application)
        if (call.signal().aborted) {
          // The caller is gone and never got the link, which cannot be requested again.
          await broker.closeLeases({ id: lease.id }, cliClient)
          throw new TokentrayError('cancelled')
        }
        const endsAt = toSeconds(lease.lifetime.endsAt ?? 0)
        return { url: url.reveal(), lease_id: lease.id, ends_at: endsAt }
      },
    }),
  ]
}

/** The route of an operation that takes the account alone. */
function runRoute(broker: Broker, name: RunnableOperation, run: OperationRun): Route {
  const { operationId, summary } = run
  const route = {
    method: 'POST',
    path: `${ACCOUNT_PATH}/${run.path}`,
    reach: 'service',
    ...{ operationId, summary, answer: schemas.endAnswer },
  } as const
  const work = async (account: Account) => ({
    leases: toEndedLeases(await broker.tokenAdmin.run(name, account, cliClient), broker),
  })
  if (!run.isConfirmed) {
    return withoutBody({ ...route, handle: (call) => work(findAccount(broker, call)) })
  }
  return withBody({
    ...{ ...route, body: schemas.revokeAllRequest },
    handle: async (call) => {
      const account = findAccount(broker, call)
      requireConfirmed(account, name, call.body.confirm)
      return await work(account)
    },
  })
}

/** If another account is confirmed, the error says who would be affected, and nothing is done. */
function requireConfirmed(account: Account, name: RunnableOperation, confirm: string): void {
  // First, because what cannot be done need not be confirmed.
  if (!operationsOf(account).includes(name)) throw notSupported(account, name)
  const { id, driver, values } = account
  if (confirm === id) return
  const does = operationRows[name].does(driver.revokeAll?.hits(values) ?? '')
  throw new TokentrayError('invalid_request', `"confirm" is not ${id}, so nothing was done.`, {
    account: id,
    hint: `Set it to ${id} to ${does.charAt(0).toLowerCase()}${does.slice(1)}.`,
  })
}

function toRevokedToken(
  { token, revocation, leases }: RevokedToken,
  account: Account,
  broker: Broker,
): RevokedTokenAnswer {
  if (revocation === 'not_supported') throw notSupported(account, 'revoke_token')
  return {
    id: token.id,
    at_service: revocation === 'revoked' ? 'ended' : 'already_gone',
    leases: toEndedLeases(leases, broker),
  }
}
