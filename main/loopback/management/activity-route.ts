import type { Activity } from '../../audit/activity.ts'
import { toOutwardLine } from '../../base/activity-export/outward-line.ts'
import type { Accounts } from '../../broker/account/accounts.ts'
import * as schemas from '../schemas/schemas.ts'
import { type Route, withBody } from './route.ts'

const USUAL_LIMIT = 100
/** The path for reading the record. */
export const ACTIVITY_PATH = '/v1/activity'

/** Reads the record. As on all routes, parameters go into the body: a search may be private. */
export function activityRoute(activity: Activity, accounts: Pick<Accounts, 'find'>): Route {
  return withBody({
    method: 'POST',
    path: ACTIVITY_PATH,
    operationId: 'readActivity',
    also: ['record_unavailable'],
    summary: 'The record of tokens issued and changes made, newest first, in pages.',
    body: schemas.activityRequest,
    answer: schemas.activityAnswer,
    handle: async ({ body, signal }) => {
      const { search, account, tool, kind, since, before, after, limit = USUAL_LIMIT, wait } = body
      if (after !== undefined && wait !== undefined) {
        await activity.newer(after, wait * 1_000, signal())
      }
      // Taken before reading: a line written meanwhile is reported twice rather than never.
      const { last } = activity
      const found = account === undefined ? undefined : accounts.find(account)
      const wanted = {
        limit,
        ...(search !== undefined && { search }),
        ...(account !== undefined && { account }),
        ...(found && { accountUid: found.uid }),
        ...(tool !== undefined && { tool }),
        ...(kind !== undefined && { kind }),
        ...(since !== undefined && { since: since * 1_000 }),
        ...(before !== undefined && { before }),
        ...(after !== undefined && { after }),
      }
      const { lines, next } = await activity.read(wanted, signal())
      return { lines: lines.map(toOutwardLine), last, ...(next !== undefined && { next }) }
    },
  })
}
