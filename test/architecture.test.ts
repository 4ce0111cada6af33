import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { providerIds } from '../main/providers/provider.ts'

const root = path.resolve(import.meta.dirname, '..')

interface Import {
  /** The importing file, relative to the root of the project. */
  readonly from: string
  /** A file, relative to the root of the project, or the name of a package. */
  readonly to: string
  readonly typeOnly: boolean
}

/** Texts that tray, dialogs, notifications and errors share with the window. */
const sameWords = [
  'account-order',
  'accounts',
  'active',
  'limits',
  'names',
  'questions',
  'revocation',
  'times',
  'tools',
].map((name) => `renderer/text/${name}.ts`)

/** The messages between main and the page. */
const pageContract = ['contract', 'failure', 'snapshot', 'snapshot-change'].map(
  (name) => `preload/${name}.ts`,
)

/** What each part may import from the others; types also from below those. */
const table: Readonly<Record<string, { readonly uses: string[]; readonly types?: string[] }>> = {
  'main/base': { uses: [] },
  'main/audit': { uses: ['main/base'] },
  'main/settings': { uses: ['main/base'] },
  'main/vault': { uses: ['main/base'] },
  'main/providers': { uses: ['main/base'] },
  'main/broker': {
    uses: ['main/base', 'main/audit', 'main/settings', 'main/vault', 'main/providers'],
  },
  'main/loopback': {
    uses: ['main/base', 'main/broker'],
    types: ['main/audit', 'main/providers', 'main/settings'],
  },
  'main/cli': {
    uses: ['main/base', 'main/loopback/found/discovery.ts'],
    types: ['main/loopback/schemas/wire.ts'],
  },
  'main/desktop': {
    uses: ['main/base', 'main/broker', ...pageContract].concat(sameWords),
    types: ['main/audit', 'main/vault'],
  },
  main: {
    uses: ['main/base', 'main/audit', 'main/settings', 'main/vault', 'main/providers'].concat([
      'main/broker',
      'main/loopback',
      'main/desktop',
      'main',
    ]),
  },
  preload: {
    uses: [],
    types: [
      'main/base/activity-kinds.ts',
      'main/base/operations.ts',
      'main/base/text/account-looks.ts',
    ],
  },
  renderer: {
    uses: [
      ...pageContract,
      'main/base/activity-kinds.ts',
      'main/base/forms/form-fields.ts',
      'main/base/operations.ts',
      'main/base/text/account-looks.ts',
      'main/base/text/parse-url.ts',
    ],
  },
}

/**
 * The floors of each part that has rooms, from the top down: folders, and the files beside them. Imports,
 * including those of types, go only to lower floors; rooms on the same floor do not import each other.
 */
const floors: Readonly<Record<string, readonly string[]>> = {
  'main/base': [
    'process activity-export',
    'files sockets',
    'async forms',
    'text',
    'activity-kinds.ts address-limits.ts ids.ts lease-limits.ts log.ts operations.ts secret.ts version.ts',
    'clock.ts errors.ts',
    'memory-command.ts',
  ],
  'main/audit': [
    'activity.ts',
    'reading writing',
    'audit.ts audit-files.ts fingerprint.ts lines-backwards.ts printable.ts',
  ],
  'main/vault': [
    'keytar-vault.ts memory-vault.ts',
    'guarded-vault.ts listed-vault.ts watched-vault.ts ledger',
    'vault.ts',
    'keychain',
  ],
  'main/providers': ['index.ts', providerIds.join(' '), 'wire', 'form.ts', 'provider.ts', 'http'],
  'main/broker': [
    'describe.ts transfer',
    'broker.ts',
    'revoke-on-demand.ts',
    'record-closing.ts record-revocation.ts revoke-everything.ts keychain-status.ts stop-in-time.ts',
    'token-admin login',
    'lease',
    'startup-recovery.ts',
    'account',
    'ports.ts',
    'session',
    'revocation',
    'clients.ts lock.ts service',
    'ledger concurrency record changes.ts',
  ],
  'main/loopback': ['server.ts', 'management', 'oauth', 'http', 'schemas', 'found'],
  'main/cli': [
    'index.ts',
    'program.ts',
    'commands',
    'commands/support',
    'login helpers',
    'context.ts find.ts',
    'api terminal',
  ],
  'main/desktop': [
    'tray',
    'window',
    'ipc lifecycle.ts',
    'system',
    'tools',
    'clipboard',
    'host.ts',
    'renderer-files.ts running.ts',
  ],
  renderer: ['main.tsx', 'app.tsx page-guard.tsx', 'screens', 'form', 'parts', 'state', 'text'],
}

/** Packages, and the only places that may import them; Node's own are listed where they are barred. */
const packages: Readonly<Record<string, RegExp>> = {
  electron: /^(main\/desktop\/|main\/index\.ts|preload\/index\.ts)/,
  'electron-store': /^main\/index\.ts/,
  keytar: /^main\/vault\/keychain\/keychain-service\.ts/,
  conf: /^main\/settings\//,
  undici: /^main\/providers\/http/,
  zod: /^main\/(settings|broker|loopback|providers|desktop)\//,
  '@homebridge/dbus-native': /^main\/desktop\/system\/dbus\.ts/,
  fastify: /^main\/loopback\//,
  '@fastify/formbody': /^main\/loopback\//,
  commander: /^main\/cli\//,
  'csv-stringify/sync': /^main\/base\/activity-export\//,
  'string-width': /^main\/cli\/terminal\/columns\.ts/,
  pino: /^main\/log\.ts/,
  react: /^renderer\//,
  'react-dom/client': /^renderer\//,
  'radix-ui': /^renderer\//,
  'lucide-react': /^renderer\//,
}

const barredFromBroker = /^node:(http|https|http2|net|tls|dgram|fs|fs\/promises|child_process)$/

function sourceFiles(): string[] {
  return ['main', 'preload', 'renderer'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => path.join(folder, file)),
  )
}

const STATEMENT =
  /^(?:import|export)\s+(type\s)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gms

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(root, file), 'utf8')
  return [...text.matchAll(STATEMENT)].map(([, type, statement, dynamic]) => {
    const target = statement ?? dynamic ?? ''
    const to = target.startsWith('.') ? path.join(path.dirname(file), target) : target
    return { from: file, to, typeOnly: type !== undefined }
  })
}

const imports = sourceFiles().flatMap(importsOf)
const ours = imports.filter(({ to }) => /^(main|preload|renderer)\//.test(to))
const foreign = imports.filter(
  ({ to }) => !/^(main|preload|renderer|package\.json|build)\b/.test(to),
)

function partOf(file: string): string {
  const [top = '', folder = '', ...rest] = file.split('/')
  return top === 'main' && rest.length > 0 ? `${top}/${folder}` : top
}

/** The room of a file: its folder in the part, or the file itself if it is in none. */
function roomOf(file: string): string {
  const inPart = path.relative(partOf(file), file)
  return inPart.includes('/') ? path.dirname(inPart) : inPart
}

/** The floor of a room, 0 at the top; -1 if it is on none. */
const floorOf = (part: string, room: string) =>
  (floors[part] ?? []).findIndex((floor) => floor.split(' ').includes(room))

/** The cycles that these imports make, each as the files along it. */
function cyclesOf(of: readonly Import[]): string[] {
  const cycles: string[] = []
  const done = new Set<string>()
  const visit = (file: string, trail: readonly string[]) => {
    if (trail.includes(file)) return cycles.push([...trail, file].join(' -> '))
    if (done.has(file)) return 0
    for (const { from, to } of of) if (from === file) visit(to, [...trail, file])
    return done.add(file).size
  }
  for (const file of sourceFiles()) visit(file, [])
  return cycles
}

const show = ({ from, to }: Import) => `${from} imports ${to}`
const isWithin = (file: string, places: readonly string[] = []) =>
  places.some((place) => place === file || place === partOf(file))

describe('the import table', () => {
  it('finds the existing imports', () => {
    expect(ours.length).toBeGreaterThan(100)
    expect(imports.map(show)).toContain('main/vault/keychain/keychain-service.ts imports keytar')
    expect(imports.map(show)).toContain('main/agent.ts imports main/compose.ts')
  })

  it('lets every part import only what is below it', () => {
    const wrong = ours.filter(({ from, to, typeOnly }) => {
      const part = partOf(from)
      const allowed = table[part]
      if (part === partOf(to) && part !== 'main') return false
      return !(isWithin(to, allowed?.uses) || (typeOnly && isWithin(to, allowed?.types)))
    })
    expect(wrong.map(show)).toEqual([])
  })

  it('leaves URLs to `parseUrl`, because `URL.canParse` is wrong on Node 20', () => {
    const own = 'main/base/text/parse-url.ts'
    const wrong = sourceFiles().filter(
      (file) => file !== own && readFileSync(path.join(root, file), 'utf8').includes('canParse'),
    )
    expect(wrong).toEqual([])
  })

  it('has an entry for every part', () => {
    expect([...new Set(sourceFiles().map(partOf))].filter((part) => !table[part])).toEqual([])
  })

  it('lets every room import only from lower floors', () => {
    const wrong = ours.filter(({ from, to }) => {
      const [part, room, other] = [partOf(from), roomOf(from), roomOf(to)]
      if (part !== partOf(to) || room === other) return false
      // Rooms on no floor are for the next test; the rest are stylesheets.
      const floor = floorOf(part, other)
      return floor >= 0 && floorOf(part, room) >= floor
    })
    expect(wrong.map(show)).toEqual([])
  })

  it('lists each room of every part, and no other', () => {
    const rooms = new Set(sourceFiles().map((file) => `${partOf(file)}: ${roomOf(file)}`))
    const withRooms = new Set(
      sourceFiles()
        .filter((file) => partOf(file) !== 'main' && roomOf(file) !== path.basename(file))
        .map(partOf),
    )
    const onFloors = Object.entries(floors).flatMap(([part, all]) =>
      all.flatMap((floor) => floor.split(' ').map((room) => `${part}: ${room}`)),
    )
    const partIn = (entry: string) => entry.slice(0, entry.indexOf(':'))

    expect(onFloors.sort()).toEqual(
      [...rooms].filter((entry) => withRooms.has(partIn(entry))).sort(),
    )
  })

  it('keeps each package where it belongs', () => {
    const wrong = foreign.filter(
      ({ from, to }) => !to.startsWith('node:') && !packages[to]?.test(from),
    )
    expect(wrong.map(show)).toEqual([])
  })

  it('keeps files, processes and the network out of the broker', () => {
    const wrong = foreign.filter(
      ({ from, to }) => partOf(from) === 'main/broker' && barredFromBroker.test(to),
    )
    expect(wrong.map(show)).toEqual([])
  })

  it('keeps the desktop out of the agent', () => {
    const reached = new Set<string>()
    const follow = (file: string) => {
      if (reached.has(file)) return
      reached.add(file)
      for (const { from, to, typeOnly } of ours) if (from === file && !typeOnly) follow(to)
    }
    follow('main/agent.ts')
    expect([...reached].filter((file) => partOf(file) === 'main/desktop')).toEqual([])
  })

  it('keeps providers apart from each other', () => {
    const provider = (file: string) =>
      providerIds.find((id) => file.startsWith(`main/providers/${id}/`))
    const wrong = ours.filter(({ from, to }) => {
      const [here, there] = [provider(from), provider(to)]
      return here !== undefined && there !== undefined && here !== there
    })
    expect(wrong.map(show)).toEqual([])
  })

  it('has no import cycle, type imports included', () => {
    expect(cyclesOf(ours)).toEqual([])
  })

  it('keeps files short enough to read', () => {
    const long = sourceFiles().filter(
      (file) => readFileSync(path.join(root, file), 'utf8').split('\n').length > 400,
    )
    expect(long).toEqual([])
  })
})
