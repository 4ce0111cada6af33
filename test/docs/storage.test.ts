import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { z } from 'zod'
import type { AuditEvent } from '../../main/audit/audit.ts'
import { toLine } from '../../main/audit/writing/audit-line.ts'
import { Secret } from '../../main/base/secret.ts'
import { toStored } from '../../main/broker/ledger/ledger-entry.ts'
import { createMemorySettings } from '../../main/settings/memory-settings.ts'
import { settingsSchema } from '../../main/settings/schema.ts'
import { serialize } from '../../main/settings/stored-settings.ts'

const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/storage.md'), 'utf8')
const words = new Set([...page.matchAll(/`([^`]+)`/g)].map(([, word]) => word))
const untold = (names: readonly string[]) => names.filter((name) => !words.has(name))

it('names every member of the settings', () => {
  const { shape } = settingsSchema
  const records = [shape.accounts, shape.clients, shape.grants].map(({ element }) => element.shape)
  const members = [shape, ...records, shape.preferences.shape].flatMap((each: z.ZodRawShape) =>
    Object.keys(each),
  )
  const written = Object.keys(JSON.parse(serialize(createMemorySettings().read(), 1)))
  expect(untold([...members, ...written])).toEqual([])
})

it('names every member of the ledger', () => {
  const common = { id: 'i', accountUid: 'u', provider: 'p', values: {}, addedAt: 1 }
  const shown = { account: 'a', client: 'c', isTrial: true, leaseId: 'l' }
  const token = {
    ...{ value: new Secret('t'), tokenType: 'Bearer', headers: {} },
    ...{ expiresAt: 1, takenAfterEndMs: 1, outputs: { id: new Secret('i') } },
  }
  const entries = [
    toStored({ ...common, ...shown, kind: 'lease', isLetGo: true, token }),
    toStored({ ...common, ...shown, kind: 'plan', expiresAt: 1, isEnded: true }),
    toStored({
      ...{ ...common, kind: 'credential', item: 'credential/i', credential: {} },
      ...{ isRenewing: true, isLetGo: true },
    }),
  ]
  const ofToken = Object.keys(toStored({ ...common, kind: 'lease', token })['token'] ?? {})
  const shownAsWords = ['value', 'tokenType', 'headers']
  const members = [...entries.flatMap((entry) => Object.keys(entry)), ...ofToken]
  expect(untold(members).filter((name) => !shownAsWords.includes(name))).toEqual([])
})

it('names every member of a line of the record', () => {
  const event: Required<AuditEvent> = {
    ...{ event: 'issue', client: 'c', account: 'a', accountUid: 'u', lease: 'l' },
    ...{ fingerprint: 'f', endsAt: 1, reason: 'r', host: 'h', route: 'v1', atService: 'ended' },
    ...{ code: 'c', cause: 'asked', setting: 's', from: 'f', to: 't', at: 1 },
  }
  const line: object = JSON.parse(toLine(event, 1, '2026-11-29T00:00:00.000Z'))
  expect(untold([...Object.keys(line), ...Object.keys(event)])).toEqual([])
})
