import { setTimeout as pause } from 'node:timers/promises'
import { TokentrayError } from '../../../base/errors.ts'
import type { StatusAnswer } from '../../../loopback/schemas/wire.ts'
import type { Api } from '../../api/api.ts'
import type { Context } from '../../context.ts'

const PROGRESS_MS = 1_000

type Actions = NonNullable<StatusAnswer['under_way']>

/** The action that a command waits for. */
export interface Awaited {
  readonly action: Actions[number]['deed'] | 'reset'
  /** Left out if it is not about one account. */
  readonly account?: string | undefined
}

/**
 * Waits for work that revokes tokens and reports its progress every second, if the status has changed. Tokentray
 * continues such work on its own: an interrupt (Ctrl-C) rejects with `cancelled`, which says so.
 */
export async function withProgress<Value>(
  api: Api,
  { screen, onInterrupt }: Pick<Context, 'screen' | 'onInterrupt'>,
  awaited: Awaited,
  work: Promise<Value>,
): Promise<Value> {
  const over = new AbortController()
  const { signal } = over
  const tell = async () => {
    for (let said = ''; !signal.aborted; ) {
      await pause(PROGRESS_MS, undefined, { signal })
      // A failed request is made up for by the next one.
      const status = await api.status().catch(() => null)
      const news = status ? toSentence(status, awaited) : ''
      if (signal.aborted || news === '') continue
      if (news !== said) screen.note(news)
      said = news
    }
  }
  // If the status cannot be had, the work itself fails and says why.
  void tell().catch(() => undefined)
  let release = () => {}
  const interrupted = new Promise<never>((_, reject) => {
    release = onInterrupt(() => reject(continues()))
  })
  try {
    return await Promise.race([work, interrupted])
  } finally {
    release()
    over.abort()
  }
}

/** The actions in progress, one line each, for `status`. */
export function describeUnderWay(status: StatusAnswer): string[] {
  const { resetting, revoking, under_way: actions = [] } = status
  return [
    ...(resetting ? [`reset, ${nextOf(resetting, 'account')}`] : []),
    ...(revoking ? [`revoking ${nextOf(revoking, 'token')}`] : []),
    ...actions
      .filter(({ deed }) => deed !== 'revocation' || !revoking)
      .map(({ deed, account, waits_for: host }) => {
        const what = `${IN_PROGRESS[deed]} ${account ?? 'several accounts'}`
        return host === undefined ? what : `${what}, waiting for ${host}`
      }),
  ]
}

const IN_PROGRESS: Readonly<Record<Actions[number]['deed'], string>> = {
  logout: 'logging out',
  removal: 'removing',
  rotation: 'replacing the tokens of',
  revocation: 'revoking tokens of',
}

/** The progress of the action; empty if there is none to report. */
function toSentence(status: StatusAnswer, { action, account }: Awaited): string {
  const { resetting, revoking, under_way: actions = [] } = status
  const wanted = action === 'reset' ? 'removal' : action
  const one = actions.find(
    (each) => each.deed === wanted && (account === undefined || each.account === account),
  )
  const host = one?.waits_for
  const waits = host === undefined ? '' : `Waiting for ${host}…`
  const progress = {
    reset: resetting && `Removing ${nextOf(resetting, 'account')}…`,
    revocation: account === undefined && revoking && `Revoking ${nextOf(revoking, 'token')}…`,
  }
  const far = (action === 'reset' || action === 'revocation') && progress[action]
  return [far || '', waits].filter(Boolean).join(' ')
}

/** The item being worked on: `account 3 of 200`. */
function nextOf({ done, total }: NonNullable<StatusAnswer['revoking']>, thing: string): string {
  return `${thing} ${Math.min(done + 1, total)} of ${total}`
}

function continues(): TokentrayError {
  return new TokentrayError('cancelled', 'Tokentray continues in the background.', {
    hint: 'To see its progress: tokentray status',
  })
}
