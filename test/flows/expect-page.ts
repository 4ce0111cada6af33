import { expect } from 'vitest'
import { eventually } from '../helpers/waiting.ts'
import type { BrowserWindow, Row, ScreenContent } from './browser-window.ts'
import {
  type Duration,
  parseDuration,
  parseShownToken,
  parseShownTokens,
  SESSION,
  type ShownToken,
} from './shown-tokens.ts'

/** A token that its service would accept now. */
interface LiveToken {
  /** The name the page should give it: `Session token`, or the tool that it was made for. */
  readonly who: string
  /** When it expires at the service; `null` for never. */
  readonly endsAt: number | null
}

/** What the page is compared with. */
export interface ServiceState {
  readonly account: string
  now(): number
  alive(): readonly LiveToken[]
  /** The tools whose dedicated tokens were handed out and are no longer valid. */
  dead(): readonly string[]
}

/** Tokens expire on whole seconds at the services. */
const SLACK_MS = 1_000

/** Fails unless every screen that mentions tokens agrees with the service. */
export async function expectPage(window: BrowserWindow, truth: ServiceState): Promise<void> {
  let seen: ScreenContent = { text: '', rows: [] }
  let claims: readonly ShownToken[] = []
  const names = async () => {
    seen = await window.see('Tokens')
    claims = parseShownTokens(seen)
    return namesOf(claims.filter(isAlive))
  }
  await eventually(names).toEqual(namesOf(truth.alive()))
  expectTimes(claims, truth)
  expectLeases(seen, truth)
  if (expectAccounts(await window.see('Accounts'), claims, truth)) {
    expectAccount(await window.seeAccount(truth.account), claims, truth)
  }
  await expectActivity(window, claims, truth)
}

const isAlive = ({ outcome }: ShownToken) => outcome !== 'expired'
const isLeft = ({ outcome }: ShownToken) => outcome === 'waiting' || outcome === 'valid'
const namesOf = (tokens: readonly { readonly who: string }[]) => tokens.map(({ who }) => who).sort()
const isLease = ({ heading }: Row) => heading === ''

/** Checks a displayed lifetime against the service. */
function expectTimes(claims: readonly ShownToken[], truth: ServiceState): void {
  for (const { who, account, left } of claims) {
    expect(account).toBe(truth.account)
    if (left === undefined) continue
    const ends = truth.alive().filter((token) => token.who === who)
    expect([who, left, ends.some(({ endsAt }) => fits(left, endsAt, truth.now()))]).toEqual([
      ...[who, left, true],
    ])
  }
}

function fits(left: Duration | null, endsAt: number | null, now: number): boolean {
  if (left === null || endsAt === null) return left === endsAt
  const lives = endsAt - now
  return left.from - SLACK_MS <= lives && lives < left.to + SLACK_MS
}

/** Checks the number of leases, that none outlasts its token, and that the empty state is shown only for none. */
function expectLeases({ text, rows }: ScreenContent, truth: ServiceState): void {
  const leases = rows.filter(isLease)
  expect(/^Tokens ?(\d*)$/m.exec(text)?.[1]).toBe(leases.length > 0 ? `${leases.length}` : '')
  expect(text.includes('No active tokens')).toBe(rows.length === 0)
  for (const { lines } of leases) {
    const left = parseDuration(lines.find((line) => line.endsWith(' left')) ?? '')
    const ends = truth.alive().map(({ endsAt }) => endsAt ?? Number.POSITIVE_INFINITY)
    expect(truth.now() + left.from).toBeLessThanOrEqual(Math.max(...ends))
  }
}

/** Checks the list of accounts and what is above it; returns whether the account is listed. */
function expectAccounts(
  { text, rows }: ScreenContent,
  claims: readonly ShownToken[],
  truth: ServiceState,
): boolean {
  const waiting = /^(\d+) tokens? (?:is|are) waiting to be revoked/m.exec(text)?.[1] ?? '0'
  expect(Number(waiting)).toBe(claims.filter(({ outcome }) => outcome === 'waiting').length)
  const row = rows.find(({ lines }) => lines[0] === truth.account)
  if (row) expectStatus(row.lines, claims, truth)
  return row !== undefined
}

function expectStatus(
  lines: readonly string[],
  claims: readonly ShownToken[],
  truth: ServiceState,
): void {
  const text = lines.join('\n')
  const left = /^(\d+) tokens? not revoked$/m.exec(text)?.[1] ?? '0'
  expect(Number(left)).toBe(claims.filter(isLeft).length)
  const session = claims.find(({ who, outcome }) => who === SESSION && outcome === 'active')
  const ends = truth.alive().filter(({ who }) => who === SESSION)
  const said = /^session (.+)$/m.exec(text)?.[1]
  expect(said !== undefined).toBe(
    session !== undefined && ends.some(({ endsAt }) => endsAt !== null),
  )
  if (said === undefined) return
  expect(ends.some(({ endsAt }) => fits(parseDuration(said), endsAt, truth.now()))).toBe(true)
}

/** Checks that the account's own screen shows its tokens as the list of all tokens does. */
function expectAccount(
  seen: ScreenContent,
  claims: readonly ShownToken[],
  truth: ServiceState,
): void {
  const rows = seen.rows.filter(({ heading }) =>
    /^(Active tokens|Session tokens|Not revoked)$/.test(heading),
  )
  const own = rows.map(({ heading, lines: [who = '', ...rest] }) =>
    parseShownToken({ heading, lines: [who, truth.account, ...rest] }),
  )
  const sayings = (of: readonly ShownToken[]) =>
    [...new Set(of.map(({ who, outcome }) => `${who}: ${outcome}`))].sort()
  expect(sayings(own)).toEqual(sayings(claims))
  expectStatus(seen.text.split('\n'), claims, truth)
}

const BECAME = { waiting: /^Token waiting to be revoked/, valid: /^Token valid until it expires/ }
const DEAD = /^Token (revoked|expired)$/

/** Checks that the newest activity line about each token tells its outcome. */
async function expectActivity(
  window: BrowserWindow,
  claims: readonly ShownToken[],
  truth: ServiceState,
) {
  const { account } = truth
  const told = claims.flatMap(({ who, outcome }) =>
    outcome === 'waiting' || outcome === 'valid' ? [{ who, said: BECAME[outcome] }] : [],
  )
  const dead = truth.dead().map((who) => ({ who, said: DEAD }))
  const missing = async () => {
    const { rows } = await window.see('Activity')
    return [...told, ...dead].filter(({ who, said }) => {
      const whose = `${who === SESSION ? '' : `${who} · `}${account} · by Tokentray`
      const about = rows.find(
        ({ lines }) =>
          lines[1]?.startsWith('Token ') && lines[1] !== 'Token handed out' && lines[2] === whose,
      )
      return !said.test(about?.lines[1] ?? '')
    })
  }
  await eventually(missing).toEqual([])
}
