import { type Clock, Lifetime } from '../../base/clock.ts'
import { type ErrorCode, isTokentrayError, reworded, TokentrayError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { timeOfDay } from '../../base/text/time-of-day.ts'
import {
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  unsent,
} from '../../providers/http/http.ts'
import { parseRetryAfter } from '../../providers/http/time-headers.ts'
import type { FormValues, Provider, Silence } from '../../providers/provider.ts'
import type { SilenceStore } from '../../settings/silences.ts'
import { unlessGone } from '../concurrency/single-flight.ts'
import { hostOf, hostOfAccount } from './host-of.ts'

/** A host that has blocked requests for a time, as shown to the user. */
export interface SilentHost {
  /** As in a URL, with any non-default port. */
  readonly host: string
  /** The service that blocked us. */
  readonly provider: string
  /** By our clock, epoch milliseconds. */
  readonly until: number
  /** What happened, without the time and without a full stop. */
  readonly sentence: string
  readonly hint?: string | undefined
}

interface HostsPorts {
  readonly clock: Clock
  readonly store: SilenceStore
  readonly log: Log
  /** A host has just begun to block requests, for the first time or again. */
  readonly onSilent: (silent: SilentHost) => void
  /** It accepts requests again. */
  readonly onLifted: (host: string) => void
}

/** The single request that finds out whether a host accepts requests; `over` has its failure or `null`. */
interface Trial {
  readonly over: Promise<TokentrayError | null>
  readonly finish: (failure: TokentrayError | null) => void
}

interface Silenced {
  readonly silent: Omit<SilentHost, 'until'>
  readonly lifetime: Lifetime
}

/** What is known of one host. */
interface Entry {
  /** It has blocked requests, and has not accepted one since. */
  silence: Silenced | null
  /** Until then its last good response counts. */
  good: Lifetime | null
  /** While it is under way, the other requests wait. */
  trial: Trial | null
  /** The user has requested an early attempt. */
  mayTry: boolean
}

/** A hint for users of the command line. */
export const TRY_NOW_COMMAND = '"tokentray token ACCOUNT --try-now" tries once now.'
/** Shorter blocks are waited out instead of failing the call. */
const SHORT_MS = 3_000
/** Shorter remaining times are shown in seconds. */
const IN_SECONDS_MS = 120_000
/** For so long after a good response, further requests are sent at once. */
const GOOD_MS = 5_000
/** Longer blocks are tested again after this time. */
const LONGEST_MS = 86_400_000
/** Failures that the next request would meet as well; after any other, the next request is the trial. */
const OF_THE_HOST: readonly ErrorCode[] = [
  'rate_limited',
  'temporarily_unavailable',
  'unexpected_answer',
]

/**
 * Stops requests to hosts that block them: services block an address, and everyone behind it, for longer the
 * more requests they get. Nothing is sent to such a host, for any account or purpose, until the block ends;
 * also after a restart. After that, and whenever a host that may block has not responded well for some
 * seconds, one request goes first, and the others only if it is not refused. Within those seconds only the
 * requests under way can be refused.
 */
export class Hosts {
  readonly #ports: HostsPorts
  readonly #entries = new Map<string, Entry>()

  constructor(ports: HostsPorts) {
    this.#ports = ports
    const { clock, store } = ports
    const now = clock.now()
    for (const { since, until, ...silent } of store.read()) {
      // After one that has ended, a single request still goes first.
      if (until < now - LONGEST_MS) continue
      // Never longer than its original duration, even if the clock was set.
      const end = Math.min(until, now + Math.min(until - since, LONGEST_MS))
      this.#entryOf(silent.host).silence = { silent, lifetime: new Lifetime(clock, end) }
    }
  }

  /** Wraps the client of a service; `send` also rejects with `rate_limited`. */
  guard(http: HttpClient, provider: Provider): HttpClient {
    return { send: (request) => this.#send(http, provider, request) }
  }

  /** The hosts that are blocked now. */
  list(): readonly SilentHost[] {
    return this.#silences()
      .filter(({ lifetime }) => lifetime.remainingMs > 0)
      .map((silence) => this.#view(silence))
  }

  /** The host of an account with these values, if it is blocked. */
  of(provider: Provider, values: FormValues): SilentHost | undefined {
    const silence = this.#silenceOf(provider, values)
    return silence && this.#view(silence)
  }

  /** The error that a call with these values would get now; `null` if it would be sent. */
  refusal(provider: Provider, values: FormValues): TokentrayError | null {
    const silence = this.#silenceOf(provider, values)
    return silence ? this.#refusal(silence) : null
  }

  /** When the next block ends, epoch milliseconds; `Infinity` if there is none. */
  nextEnd(): number {
    return Math.min(...this.list().map(({ until }) => until), Number.POSITIVE_INFINITY)
  }

  /**
   * Runs work that the user wants now: one request may be sent to a blocked host. If it is refused, the block
   * begins again; if not, it is over for all requests.
   */
  async tryOnce<Value>(
    provider: Provider,
    values: FormValues,
    work: () => Promise<Value>,
  ): Promise<Value> {
    const entries = this.#entriesOf(provider, values)
    for (const entry of entries) entry.mayTry = true
    try {
      return await work()
    } catch (error) {
      throw isTokentrayError(error) ? withoutTryNow(error) : error
    } finally {
      for (const entry of entries) entry.mayTry = false
    }
  }

  #silenceOf(provider: Provider, values: FormValues): Silenced | undefined {
    const silences = this.#entriesOf(provider, values).flatMap(({ silence }) => silence ?? [])
    return silences.find(({ lifetime }) => lifetime.remainingMs > 0)
  }

  /** The entries that are or were blocked, for the host of an account with these values. */
  #entriesOf(provider: Provider, values: FormValues): readonly Entry[] {
    const host = hostOfAccount(provider, values)
    const entry = this.#entries.get(host ?? '')
    if (host !== undefined) return entry?.silence ? [entry] : []
    const { id } = provider
    return [...this.#entries.values()].filter(({ silence }) => silence?.silent.provider === id)
  }

  async #send(http: HttpClient, provider: Provider, request: HttpRequest): Promise<HttpResponse> {
    const host = hostOf(request.url)
    // The client rejects it with an error of its own.
    if (host === null) return await http.send(request)
    const send = () => this.#sendOnce(http, { provider, host, request })
    const answer = await send()
    const waitMs = this.#shortWait(answer, provider)
    if (waitMs === null) return answer
    // A request that came too soon was not processed, so it can be sent once more.
    await this.#wait(waitMs, request)
    return await send()
  }

  async #sendOnce(
    http: HttpClient,
    call: { readonly provider: Provider; readonly host: string; readonly request: HttpRequest },
  ): Promise<HttpResponse> {
    const { provider, host, request } = call
    const trial = await this.#admit(host, provider, request)
    try {
      const answer = await http.send(request)
      const now = this.#ports.clock.now()
      const said = provider.silence?.(answer, now) ?? null
      if (said && said.until - now > SHORT_MS) throw this.#begin(host, provider, said, trial)
      if (trial || provider.silence) this.#welcomed(host, trial)
      trial?.finish(null)
      return answer
    } catch (error) {
      const isOfHost = isTokentrayError(error) && OF_THE_HOST.includes(error.code)
      trial?.finish(isOfHost && error.unsent !== 'withdrawn' ? error : null)
      throw error
    }
  }

  /** Resolves when this request may be sent: to the trial that it is, or `null` if it is none. */
  async #admit(host: string, provider: Provider, request: HttpRequest): Promise<Trial | null> {
    const { clock } = this.#ports
    const patience = new Lifetime(clock, clock.now() + SHORT_MS)
    for (;;) {
      const entry = provider.silence ? this.#entryOf(host) : this.#entries.get(host)
      if (!entry) return null
      const { silence, trial, good } = entry
      if (trial && silence) {
        const failure = await whileWanted(trial.over, request)
        if (failure) throw failure
      } else if (trial) {
        // A host that is only slow does not hold up requests for long.
        if (patience.remainingMs <= 0) return null
        await this.#wait(patience.remainingMs, request, trial.over)
      } else if (silence && silence.lifetime.remainingMs > 0 && !entry.mayTry) {
        const leftMs = silence.lifetime.remainingMs
        if (leftMs > SHORT_MS) throw this.#refusal(silence)
        await this.#wait(leftMs, request)
      } else if (!silence && (!provider.silence || (good && good.remainingMs > 0))) {
        return null
      } else {
        return startTrial(entry)
      }
    }
  }

  #begin(host: string, provider: Provider, said: Silence, trial: Trial | null): TokentrayError {
    const { clock, onSilent, log } = this.#ports
    const now = clock.now()
    const entry = this.#entryOf(host)
    const known = entry.silence
    const added = known && said.eachAddsMs ? known.lifetime.remainingMs + said.eachAddsMs : 0
    const until = Math.min(Math.max(said.until, now + added), now + LONGEST_MS)
    const isNew = !known || trial !== null || known.lifetime.remainingMs <= 0
    const { hint } = said
    const silent = {
      ...{ host, provider: provider.id, sentence: toSentence(said, host) },
      ...(hint !== undefined && { hint }),
    }
    const silence = { silent, lifetime: new Lifetime(clock, until) }
    // A response to a request from before the block can only extend it.
    if (!isNew && known.lifetime.remainingMs >= silence.lifetime.remainingMs) {
      return this.#refusal(known)
    }
    Object.assign(entry, { silence, good: null, mayTry: false })
    this.#save()
    if (isNew) {
      log.warn('a host wants to be left alone', { host, until })
      onSilent(this.#view(silence))
    }
    return this.#refusal(silence)
  }

  /** A response to a request from before the block does not end it. */
  #welcomed(host: string, trial: Trial | null): void {
    const { clock, log, onLifted } = this.#ports
    const entry = this.#entryOf(host)
    const { silence } = entry
    if (silence && !trial) return
    entry.good = new Lifetime(clock, clock.now() + GOOD_MS)
    if (!silence) return
    entry.silence = null
    this.#save()
    log.info('a host may be spoken to again', { host })
    onLifted(host)
  }

  #save(): void {
    const { store, log, clock } = this.#ports
    const now = clock.now()
    const silences = this.#silences().map((silence) => ({ ...this.#view(silence), since: now }))
    try {
      store.write(silences)
    } catch (error) {
      // Lost on a restart, which then costs one request.
      log.warn('which hosts want to be left alone could not be stored', { error })
    }
  }

  #silences(): readonly Silenced[] {
    return [...this.#entries.values()].flatMap(({ silence }) => silence ?? [])
  }

  #entryOf(host: string): Entry {
    const fresh = { silence: null, good: null, trial: null, mayTry: false }
    const entry = this.#entries.get(host) ?? fresh
    this.#entries.set(host, entry)
    return entry
  }

  #view({ silent, lifetime }: Silenced): SilentHost {
    return { ...silent, until: Math.round(this.#ports.clock.now() + lifetime.remainingMs) }
  }

  #refusal(silence: Silenced): TokentrayError {
    const silent = this.#view(silence)
    const hint = [silent.hint, 'Trying sooner may make it longer.', TRY_NOW_COMMAND]
    return new TokentrayError('rate_limited', describeSilenceNow(silent, this.#ports.clock.now()), {
      hint: hint.filter((each) => each !== undefined).join(' '),
      retryAt: silent.until,
      silentHost: silent.host,
    })
  }

  /** Milliseconds until a request that came too soon is sent again; `null` for all others. */
  #shortWait(answer: HttpResponse, provider: Provider): number | null {
    if (answer.status !== 429) return null
    const now = this.#ports.clock.now()
    const end =
      provider.silence?.(answer, now)?.until ??
      parseRetryAfter(answer.header('retry-after'), now, answer.skewMs)
    return end !== null && end - now <= SHORT_MS ? Math.max(end - now, 0) : null
  }

  /** Resolves after `ms`, or when `sooner` does. */
  #wait(ms: number, request: HttpRequest, sooner?: Promise<unknown>): Promise<unknown> {
    let forget = () => {}
    const over = new Promise<void>((resolve) => {
      forget = this.#ports.clock.after(ms, resolve)
    })
    const either = sooner ? Promise.race([over, sooner]) : over
    return whileWanted<unknown>(either, request).finally(() => forget())
  }
}

/** Rejects when the caller of an unsent request goes away or cancels it. */
function whileWanted<Value>(
  work: Promise<Value>,
  { signal, unlessSent }: HttpRequest,
): Promise<Value> {
  return unlessGone(unlessGone(work, signal), unlessSent, unsent)
}

/**
 * What happened, and until when we do nothing there, which is our choice and no promise of the service;
 * as a text that may stay on a screen: `… Tokentray leaves it alone until about 15:31.`
 */
export function describeSilence({ sentence, until }: SilentHost, now: number): string {
  return `${sentence}. Tokentray leaves it alone until about ${timeOfDay(until, now)}.`
}

/** The same in few words, without a full stop. */
export function describeSilenceBriefly({ host, until }: SilentHost, now: number): string {
  return `Left alone until about ${timeOfDay(until, now)}: ${host}`
}

/** The same as an answer that is read at once, where the time of day says little of the last seconds. */
export function describeSilenceNow(silent: SilentHost, now: number): string {
  const leftMs = silent.until - now
  if (leftMs >= IN_SECONDS_MS) return describeSilence(silent, now)
  const seconds = Math.max(1, Math.ceil(leftMs / 1_000))
  return `${silent.sentence}. Tokentray leaves it alone for another ${seconds} s.`
}

/** After an early attempt, the hint does not advise another one. */
function withoutTryNow(error: TokentrayError): TokentrayError {
  const hint = error.hint.replace(TRY_NOW_COMMAND, '').trim()
  return hint === error.hint ? error : reworded(error, { hint })
}

function toSentence({ sentence }: Silence, host: string): string {
  return sentence.replace(/^The server\b/, () => host).replace(/\.$/, '')
}

function startTrial(entry: Entry): Trial {
  let resolve: Trial['finish'] = () => {}
  const over = new Promise<TokentrayError | null>((settle) => {
    resolve = settle
  })
  const finish: Trial['finish'] = (failure) => {
    entry.trial = null
    resolve(failure)
  }
  entry.mayTry = false
  entry.trial = { over, finish }
  return entry.trial
}
