import { mapInBatches } from '../../base/async/batches.ts'
import { TokentrayError } from '../../base/errors.ts'
import { isLeaseId } from '../../base/ids.ts'
import type { Broker } from '../../broker/broker.ts'
import { cliClient } from '../../broker/clients.ts'
import type { LeaseFilter } from '../../broker/lease/leases.ts'
import type { TokenAnswers } from '../oauth/token-response.ts'
import * as schemas from '../schemas/schemas.ts'
import {
  type Identity,
  notKnown,
  toEnd,
  toEndedLeases,
  toLeaseAnswer,
  toLingering,
  toSessionTokens,
  toStatusAnswer,
} from '../schemas/views.ts'
import type { EndRequest } from '../schemas/wire.ts'
import { findClient } from './client-routes.ts'
import { type Route, withBody, withoutBody } from './route.ts'

/** Tokens for the command line, leases, lock and status. */
export function ownerRoutes(
  broker: Broker,
  identity: Identity,
  tokenAnswers: TokenAnswers,
): Route[] {
  const { accounts, leases, tokenAdmin } = broker
  return [
    withoutBody({
      method: 'GET',
      path: '/v1/health',
      operationId: 'getHealth',
      access: 'open',
      summary: 'Health check.',
      answer: schemas.healthAnswer,
      handle: async () => ({ status: 'ok' }),
    }),
    withoutBody({
      method: 'GET',
      path: '/v1/status',
      operationId: 'getStatus',
      summary: 'Version, lock, keychain, recovery after the start, and counts.',
      answer: schemas.statusAnswer,
      handle: async () => {
        await broker.keychain.refresh()
        return toStatusAnswer(broker, identity)
      },
    }),
    withBody({
      method: 'POST',
      path: '/v1/tokens',
      operationId: 'issueToken',
      reach: 'service',
      also: ['not_found'],
      summary: 'Issues a token to the user of the command line.',
      body: schemas.issueRequest,
      answer: schemas.tokenAnswer,
      handle: async ({ body, signal }) => {
        requireLeaseId(body.refused_lease)
        const account = accounts.get(body.account)
        if (body.try_now) await tokenAdmin.tryNow(account, cliClient)
        const issued = await broker.issue({
          client: cliClient,
          account,
          route: 'v1',
          get signal() {
            return signal()
          },
          minValiditySeconds: body.min_validity,
          reason: body.reason,
          refusedLease: body.refused_lease,
        })
        return tokenAnswers.toBody(issued)
      },
    }),
    withoutBody({
      method: 'GET',
      path: '/v1/leases',
      operationId: 'listLeases',
      summary: 'Lists the open leases, and tokens without one that may still be valid.',
      answer: schemas.leasesAnswer,
      handle: async () => {
        const lingering = toLingering(broker)
        const sessions = toSessionTokens(broker)
        return {
          leases: await mapInBatches(leases.list(), (lease) => toLeaseAnswer(lease, broker)),
          ...(sessions.length > 0 && { sessions }),
          ...notKnown(broker),
          ...(lingering.length > 0 && { lingering }),
        }
      },
    }),
    withBody({
      method: 'POST',
      path: '/v1/leases/end',
      operationId: 'endLeases',
      reach: 'records',
      also: ['not_found'],
      summary:
        'Closes one lease, or those of a client, of an account or all. Except for one lease, also revokes session tokens that tools may have without one; for an account or all, also retries revocations that are pending.',
      body: schemas.endRequest,
      answer: schemas.endAnswer,
      handle: async ({ body }) => {
        if (body.client !== undefined) {
          const client = findClient(broker, body.client)
          return toEnd(await broker.revokeOfClient(client, cliClient), broker)
        }
        const { id, ...wide } = toFilter(broker, body)
        if (id !== undefined) {
          return { leases: toEndedLeases(await broker.closeLeases({ id }, cliClient), broker) }
        }
        const { leases, sessions } = await broker.revokeAll(wide, cliClient)
        const ended = new Set([...leases.map(({ lease }) => lease), ...sessions].map(tokenOf))
        const left = toLingering(broker, wide.accountUid).filter(({ id }) => !ended.has(id))
        return {
          ...toEnd({ leases, sessions }, broker),
          ...(left.length > 0 && { lingering: left }),
        }
      },
    }),
    withoutBody({
      method: 'POST',
      path: '/v1/lock',
      operationId: 'lock',
      reach: 'records',
      summary: 'Locks Tokentray: no tokens and no logins.',
      answer: schemas.emptyAnswer,
      handle: async () => {
        broker.lock(cliClient)
        return {}
      },
    }),
    withoutBody({
      method: 'POST',
      path: '/v1/unlock',
      operationId: 'unlock',
      reach: 'records',
      summary: 'Unlocks Tokentray.',
      answer: schemas.emptyAnswer,
      handle: async () => {
        broker.unlock(cliClient)
        return {}
      },
    }),
    withBody({
      method: 'POST',
      path: '/v1/reset',
      operationId: 'reset',
      reach: 'records',
      summary:
        'Logs all accounts out, deletes accounts, clients, grants and preferences, and unlocks.',
      body: schemas.resetRequest,
      answer: schemas.emptyAnswer,
      handle: async () => {
        await broker.reset(cliClient)
        return {}
      },
    }),
  ]
}

/**
 * A lease that was closed in the meantime is accepted, because the next token is a different one; with a
 * mistyped id the client would get the refused token again.
 */
function requireLeaseId(id: string | undefined): void {
  if (id === undefined || isLeaseId(id)) return
  throw new TokentrayError('not_found', 'There is no such lease.')
}

const tokenOf = ({ held }: { readonly held: { readonly id: string } }): string => held.id

function toFilter(broker: Broker, { lease, account }: EndRequest): LeaseFilter {
  if (lease !== undefined) {
    if (!broker.leases.get(lease)) throw new TokentrayError('not_found', 'There is no such lease.')
    return { id: lease }
  }
  if (account !== undefined) return { accountUid: broker.accounts.get(account).uid }
  return {}
}
