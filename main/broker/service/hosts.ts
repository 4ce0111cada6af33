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

/** A host that has asked to be left alone, as a person is shown it. */
export interface SilentHost {
  /** As in a URL, with the port where that is not the usual one. */
  readonly host: string
  /** The kind of service that said so. */
  readonly provider: string
  /** By our clock, epoch milliseconds. */
  readonly until: number
  /** Who refuses whom, without the time and without a full stop. */
  readonly sentence: string
  readonly hint?: string | undefined
}

interface HostsPorts {
  readonly clock: Clock
  readonly store: SilenceStore
  readonly log: Log
  /** A host has just asked for silence, for the first time or again. */
  readonly onSilent: (silent: SilentHost) => void
  /** It may be spoken to again. */
  readonly onLifted: (host: string) => void
}

/** The one request that finds out how a host is disposed; resolves to why it failed, or `null`. */
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
  /** It has asked to be left alone, and nothing has shown since that this is over. */
  silence: Silenced | null
  /** For so long its last good answer speaks for it. */
  good: Lifetime | null
  /** While it is under way the others wait. */
  trial: Trial | null
  /** A person wants to try before the time. */
  mayTry: boolean
}

/** What a person is told who reads a command line. */
export const TRY_NOW_COMMAND = '"tokentray token ACCOUNT --try-now" tries once now.'
/** So long a call waits inside for a host that wants a moment, instead of failing. */
const SHORT_MS = 3_000
/** So close to its end a silence is told in seconds. */
const IN_SECONDS_MS = 120_000
/** So long a good answer is taken to mean that the next request is welcome as well. */
const GOOD_MS = 5_000
/** A silence that is said to be longer is looked at again after this. */
const LONGEST_MS = 86_400_000
/** Failures that the next would meet as well; after any other nobody knows more, and the next tries. */
const OF_THE_HOST: readonly ErrorCode[] = [
  'rate_limited',
  'temporarily_unavailable',
  'unexpected_answer',
]

/**
 * Leaves hosts alone that want it: services shut out an address for longer the more they are asked, and
 * with it everybody behind it. Nothing of ours is sent to such a host, for whatever account and purpose,
 * until its time is over; kept over restarts. After that, and whenever a host that may ask for silence has
 * not answered well for some seconds, one request goes first, and the others only if that is not refused.
 * Within those seconds as many are refused as are under way at that moment.
 */
export class Hosts {
  readonly #ports: HostsPorts
  readonly #entries = new Map<string, Entry>()

  constructor(ports: HostsPorts) {
    this.#ports = ports
    const { clock, store } = ports
    const now = clock.now()
    for (const { since, until, ...silent } of store.read()) {
      // One that is over by now still wants a single request first.
      if (until < now - LONGEST_MS) continue
      // Never longer than it was meant to be, whatever became of the clock.
      const end = Math.min(until, now + Math.min(until - since, LONGEST_MS))
      this.#entryOf(silent.host).silence = { silent, lifetime: new Lifetime(clock, end) }
    }
  }

  /** The client with which this kind of service is called; `send` rejects also with `rate_limited`. */
  guard(http: HttpClient, provider: Provider): HttpClient {
    return { send: (request) => this.#send(http, provider, request) }
  }

  /** The hosts that are being left alone now. */
  list(): readonly SilentHost[] {
    return this.#silences()
      .filter(({ lifetime }) => lifetime.remainingMs > 0)
      .map((silence) => this.#view(silence))
  }

  /** The host of an account with these values, if it is being left alone. */
  of(provider: Provider, values: FormValues): SilentHost | undefined {
    const silence = this.#silenceOf(provider, values)
    return silence && this.#view(silence)
  }

  /** What a call of an account with these values would be refused with now; `null` if it would be sent. */
  refusal(provider: Provider, values: FormValues): TokentrayError | null {
    const silence = this.#silenceOf(provider, values)
    return silence ? this.#refusal(silence) : null
  }

  /** When the next silence is over, epoch milliseconds; `Infinity` if there is none. */
  nextEnd(): number {
    return Math.min(...this.list().map(({ until }) => until), Number.POSITIVE_INFINITY)
  }

  /**
   * Runs what a person wants now: one request may go to the account's host before its time. If that is
   * refused again the silence begins anew; if not, it is over for everybody.
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

  /** Those that want silence, or wanted it last, of the place of an account with these values. */
  #entriesOf(provider: Provider, values: FormValues): readonly Entry[] {
    const host = hostOfAccount(provider, values)
    const entry = this.#entries.get(host ?? '')
    if (host !== undefined) return entry?.silence ? [entry] : []
    const { id } = provider
    return [...this.#entries.values()].filter(({ silence }) => silence?.silent.provider === id)
  }

  async #send(http: HttpClient, provider: Provider, request: HttpRequest): Promise<HttpResponse> {
    const host = hostOf(request.url)
    // It is refused with a sentence of its own.
    if (host === null) return await http.send(request)
    const send = () => this.#sendOnce(http, { provider, host, request })
    const answer = await send()
    const waitMs = this.#shortWait(answer, provider)
    if (waitMs === null) return answer
    // What was refused for its haste has not been worked on, so that it may be sent once more.
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
      trial?.finish(isOfHost && !error.isUnsent ? error : null)
      throw error
    }
  }

  /** Resolves when this request may go: as the one that tries, or `null` for one of many. */
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
        // A host that is only slow holds up nobody for long.
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
    // An answer to a question of before the silence makes it longer at most.
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

  /** What was sent before the silence and answered in it says nothing of it. */
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
      // A restart would forget it, and cost one request.
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

  /** Milliseconds after which a request that came too soon is sent again; `null` for all others. */
  #shortWait(answer: HttpResponse, provider: Provider): number | null {
    if (answer.status !== 429) return null
    const now = this.#ports.clock.now()
    const end =
      provider.silence?.(answer, now)?.until ??
      parseRetryAfter(answer.header('retry-after'), now, answer.skewMs)
    return end !== null && end - now <= SHORT_MS ? Math.max(end - now, 0) : null
  }

  /** Resolves after so long, or when `sooner` does. */
  #wait(ms: number, request: HttpRequest, sooner?: Promise<unknown>): Promise<unknown> {
    let forget = () => {}
    const over = new Promise<void>((resolve) => {
      forget = this.#ports.clock.after(ms, resolve)
    })
    const either = sooner ? Promise.race([over, sooner]) : over
    return whileWanted<unknown>(either, request).finally(() => forget())
  }
}

/** Rejects when the caller of a request that was not sent yet goes, or does not want it any more. */
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

/** A person who has just tried is not advised to do so again at once. */
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
