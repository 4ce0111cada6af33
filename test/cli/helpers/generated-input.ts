import { TokentrayError } from '../../../main/base/errors.ts'
import { type AccountId, toAccountId } from '../../../main/base/ids.ts'
import type { Account } from '../../../main/broker/account/accounts.ts'
import { findByAddress } from '../../../main/broker/account/addresses.ts'
import type { Api } from '../../../main/cli/api/api.ts'
import { providers } from '../../../main/providers/index.ts'
import { registerSecret } from '../../helpers/marks.ts'
import { token } from '../samples.ts'

/** How many inputs each parser gets. */
export const INPUTS = 100_000

type Pick = (below: number) => number

/** Pseudo-random whole numbers, the same in each run (mulberry32). */
export function chance(seed: number): Pick {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** One of the items. */
export const oneOf = <Item>(pick: Pick, items: readonly Item[]): Item =>
  items[pick(items.length)] as Item

/** What parsers of addresses and lines have been fooled with. */
const HOSTILE = [
  ...['\n', '\r', '\r\n', '\0', '\t', ' ', '=', '@', ':', '/', '//', '\\', '?', '#', '%', '%00'],
  ...[
    '%0a',
    '%2e',
    '%2f',
    '..',
    '.',
    '[',
    ']',
    '[::1]',
    '\u00a0',
    '\u202e',
    '\u3002',
    'ｆ',
    '\ud800',
  ],
  ...[
    'evil.example',
    'https://',
    'http://',
    'files.example.com',
    '127.0.0.1:8080',
    ':443',
    '{',
    '"',
  ],
]

/** The text with a few pieces put in, taken out, doubled or moved. */
export function spoiled(text: string, pick: Pick): string {
  let result = text
  for (let left = pick(4); left > 0; left -= 1) {
    const at = pick(result.length + 1)
    const end = at + pick(8)
    const piece = pick(2) === 0 ? oneOf(pick, HOSTILE) : result.slice(at, end)
    result = result.slice(0, at) + piece + result.slice(pick(2) === 0 ? at : end)
  }
  return result
}

const TOKEN = token.access_token

/** The hosts that accounts answer for, as a pattern for each scheme. */
export const OWN_HOSTS = {
  https: /^files\.example\.com(:443)?$/i,
  http: /^127\.0\.0\.1:8080$/,
} as const

const account = (name: string, addresses: string[]) =>
  ({
    id: toAccountId('sftpgo', name),
    provider: providers.find(({ id }) => id === 'sftpgo'),
    values: {},
    record: { name, addresses },
  }) as unknown as Account & { readonly id: AccountId }

/** Accounts with the real rule of addresses, behind the parts of the API that helpers use. */
export function answeringApi(): Api {
  registerSecret(TOKEN)
  const known = [
    account('files', ['https://files.example.com']),
    account('team', ['https://files.example.com/team']),
    account('local', ['http://127.0.0.1:8080']),
  ]
  const api: Partial<Api> = {
    findAccount: async (wanted) => {
      const { id } = findByAddress(wanted, known)
      return { id, provider: 'sftpgo', state: 'signed_in' }
    },
    issue: async ({ account: id }) => {
      if (id === undefined) throw new TokentrayError('not_found')
      return { ...token, account: id, headers: { Authorization: `Bearer ${TOKEN}` } }
    },
    accounts: async () => ({ accounts: [] }),
  }
  return api as Api
}

/** True if the reply contains the token. */
export const hasToken = (out: string): boolean => out.includes(TOKEN)
