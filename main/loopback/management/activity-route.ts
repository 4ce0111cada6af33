import type { Activity, ActivityLine } from '../../audit/activity.ts'
import type { Accounts } from '../../broker/account/accounts.ts'
import * as schemas from '../schemas/schemas.ts'
import { toSeconds } from '../schemas/to-body.ts'
import type { ActivityLineAnswer } from '../schemas/wire.ts'
import { type Route, withBody } from './route.ts'

const USUAL_LIMIT = 100
/** Where the record is read. */
export const ACTIVITY_PATH = '/v1/activity'

/** Reading the record. Parameters go into the body, as everywhere: what is looked for is nobody's business. */
export function activityRoute(activity: Activity, accounts: Pick<Accounts, 'find'>): Route {
  return withBody({
    method: 'POST',
    path: ACTIVITY_PATH,
    operationId: 'readActivity',
    also: ['record_unavailable'],
    summary: 'The record of who took what and who changed what, the newest first, in pages.',
    body: schemas.activityRequest,
    answer: schemas.activityAnswer,
    handle: async ({ body, signal }) => {
      const { search, account, tool, since, before, after, limit = USUAL_LIMIT, wait } = body
      if (after !== undefined && wait !== undefined) {
        await activity.newer(after, wait * 1_000, signal())
      }
      // Before it is read: a line that comes meanwhile is told of twice rather than never.
      const { last } = activity
      const found = account === undefined ? undefined : accounts.find(account)
      const wanted = {
        limit,
        ...(search !== undefined && { search }),
        ...(account !== undefined && { account }),
        ...(found && { accountUid: found.uid }),
        ...(tool !== undefined && { tool }),
        ...(since !== undefined && { since: since * 1_000 }),
        ...(before !== undefined && { before }),
        ...(after !== undefined && { after }),
      }
      const { lines, next } = await activity.read(wanted, signal())
      return { lines: lines.map(toLine), last, ...(next !== undefined && { next }) }
    },
  })
}

function toLine({
  at,
  atService,
  accountUid,
  isRefusal,
  ...line
}: ActivityLine): ActivityLineAnswer {
  return {
    at: toSeconds(at),
    ...line,
    ...(accountUid !== undefined && { account_uid: accountUid }),
    ...(atService !== undefined && { at_service: atService }),
    ...(isRefusal && { refused: true as const }),
  }
}
