import { setTimeout as pause } from 'node:timers/promises'
import { TokentrayError } from '../../../base/errors.ts'
import type { StatusAnswer } from '../../../loopback/schemas/wire.ts'
import type { Api } from '../../api/api.ts'
import type { Context } from '../../context.ts'

const PROGRESS_MS = 1_000

type Deeds = NonNullable<StatusAnswer['under_way']>

/** What is waited for: a reset, or what is done to one account, or to tokens. */
export interface Awaited {
  readonly deed: Deeds[number]['deed'] | 'reset'
  /** Left out where it is not about one account. */
  readonly account?: string | undefined
}

/**
 * Waits for work that ends tokens. Says every second what is new of how far it has come and what it
 * waits for, as the status has it. Tokentray goes on with such work when nobody waits for it any more:
 * an interrupt (Ctrl-C) rejects with `cancelled`, which says so.
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
      // One that is not told is told by the next.
      const status = await api.status().catch(() => null)
      const news = status ? toSentence(status, awaited) : ''
      if (signal.aborted || news === '') continue
      if (news !== said) screen.note(news)
      said = news
    }
  }
  // What keeps it from being told is told by the work itself.
  void tell().catch(() => undefined)
  let release = () => {}
  const interrupted = new Promise<never>((_, reject) => {
    release = onInterrupt(() => reject(goesOn()))
  })
  try {
    return await Promise.race([work, interrupted])
  } finally {
    release()
    over.abort()
  }
}

/** What is under way, a line each, for whoever asks how it is. */
export function describeUnderWay(status: StatusAnswer): string[] {
  const { resetting, revoking, under_way: deeds = [] } = status
  return [
    ...(resetting ? [`reset, ${nextOf(resetting, 'account')}`] : []),
    ...(revoking ? [`revoking ${nextOf(revoking, 'token')}`] : []),
    ...deeds
      .filter(({ deed }) => deed !== 'revocation' || !revoking)
      .map(({ deed, account, waits_for: host }) => {
        const what = `${DEEDS[deed]} ${account ?? 'several accounts'}`
        return host === undefined ? what : `${what}, waiting for ${host}`
      }),
  ]
}

const DEEDS: Readonly<Record<Deeds[number]['deed'], string>> = {
  logout: 'logging out',
  removal: 'removing',
  rotation: 'replacing the tokens of',
  revocation: 'revoking tokens of',
}

/** Empty while there is nothing to say. */
function toSentence(status: StatusAnswer, { deed, account }: Awaited): string {
  const { resetting, revoking, under_way: deeds = [] } = status
  const wanted = deed === 'reset' ? 'removal' : deed
  const one = deeds.find(
    (each) => each.deed === wanted && (account === undefined || each.account === account),
  )
  const host = one?.waits_for
  const waits = host === undefined ? '' : `Waiting for ${host}…`
  const progress = {
    reset: resetting && `Removing ${nextOf(resetting, 'account')}…`,
    revocation: account === undefined && revoking && `Revoking ${nextOf(revoking, 'token')}…`,
  }
  const far = (deed === 'reset' || deed === 'revocation') && progress[deed]
  return [far || '', waits].filter(Boolean).join(' ')
}

/** Which of so many it is at: `account 3 of 200`. */
function nextOf({ done, total }: NonNullable<StatusAnswer['revoking']>, thing: string): string {
  return `${thing} ${Math.min(done + 1, total)} of ${total}`
}

function goesOn(): TokentrayError {
  return new TokentrayError('cancelled', 'Tokentray goes on with this.', {
    hint: 'See how far it is: tokentray status',
  })
}
