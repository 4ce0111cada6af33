import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { allPrograms, type ClientProgram } from './programs.ts'

const root = path.resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const document = read('docs/clients.md')

/** The rows of the table with this column, each by column name. */
function tableWith(column: string): Readonly<Record<string, string>>[] {
  const block = document.split('\n\n').find((part) => part.startsWith(`| ${column} |`)) ?? ''
  const [names = [], , ...rows] = block
    .trim()
    .split('\n')
    .map((line) => line.split('|').slice(1, -1))
  return rows.map((cells) =>
    Object.fromEntries(cells.map((cell, at) => [names[at]?.trim() ?? '', cell.trim()])),
  )
}

const clients = tableWith('Client')
const rowsOf = ({ row }: ClientProgram) => clients.filter(({ Client }) => Client?.startsWith(row))
const cell = (program: ClientProgram, column: RegExp) => {
  const [, text = ''] =
    Object.entries(rowsOf(program)[0] ?? {}).find(([name]) => column.test(name)) ?? []
  return text
}

/** The code spans in a row. */
const codeIn = (row: Readonly<Record<string, string>>) =>
  Object.values(row)
    .flatMap((text) => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code))
    .flatMap((code) => code.match(/[\w-]+/g) ?? [])

/** The sources that all rows share: the tests and their helpers. */
const sources = [
  ...['clients', 'early', 'services'].map((name) => `test/clients/${name}.test.ts`),
  'test/clients/programs.ts',
  'test/clients/generators.ts',
  'test/clients/generated.test.ts',
]
const common = sources.map(read).join('\n')

describe('docs/clients.md', () => {
  it('has a row for each client that the tests run, and no other', () => {
    expect(allPrograms.filter((program) => rowsOf(program).length !== 1)).toEqual([])
    const tried = clients.filter(({ Client }) =>
      allPrograms.some(({ row }) => Client?.startsWith(row)),
    )
    expect(tried).toEqual(clients)
  })

  it.each(allPrograms.map((each) => [each.name, each] as const))(
    'says about %s what its tests show',
    (_name, program) => {
      const { bearerOnly, hasHeaders, renewsEarlySeconds, wantsTls } = program
      const next = cell(program, /Renews/)
      const other = cell(program, /Giant Swarm/)
      expect(cell(program, /Bearer/)).toBe('yes')
      expect(other.startsWith('refuses')).toBe(bearerOnly !== undefined)
      expect(other.includes('send the `headers`')).toBe(hasHeaders === true)
      expect(/\d+ seconds before expiry/.exec(next)?.[0]).toBe(
        renewsEarlySeconds && `${renewsEarlySeconds} seconds before expiry`,
      )
      const refusal = cell(program, /refusal/)
      expect(/needs `|https only/.test(refusal)).toBe(wantsTls !== undefined)
      expect(refusal.startsWith('code and description') || refusal.startsWith('the body')).toBe(
        true,
      )
    },
  )

  const programs = [
    ['openid-client', 'node/openid-client.mjs'],
    ['java.net.http', 'java/JdkClient.java'],
    ['Spring', 'java/SpringClient.java'],
    ['golang', 'go/main.go'],
    ['Authlib', 'python/authlib_client.py'],
    ['requests-oauthlib', 'python/requests_client.py'],
    ['urllib', 'python/urllib_client.py'],
    ['Rust', 'rust/src/main.rs'],
    ['curl', 'shell/client.sh'],
    ['openapi-python-client', 'generated/python/calls.py'],
    ['oapi-codegen', 'generated/go/main.go'],
    ['OpenAPI Generator', 'generated/java/Calls.java'],
  ] as const
  it.each(programs)('names only what its program uses for %s', (name, file) => {
    const rows = [...clients, ...tableWith('Generator')]
    const found = rows.filter(({ Client, Generator }) => (Client ?? Generator)?.includes(name))
    expect(found).toHaveLength(1)
    const text = `${common}\n${read(`test/clients/${file}`)}`
    const missing = found.flatMap(codeIn).filter((word) => !text.includes(word))
    expect(missing).toEqual([])
  })

  const pip = read('test/clients/python/requirements.txt')
  const npm = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> }
  it.each([
    ['Spring Security', /oauth2-client<\/artifactId>\s*<version>([\d.]+)/, 'java/pom.xml'],
    ['x/oauth2`', /x\/oauth2 v([\d.]+)/, 'go/go.mod'],
    ['Authlib', /^authlib==([\d.]+)/m, pip],
    ['requests-oauthlib', /^requests-oauthlib==([\d.]+)/m, pip],
    ['Rust `oauth2`', /oauth2 = \{ version = "=([\d.]+)/, 'rust/Cargo.toml'],
    ['`openid-client`', /^([\d.]+)$/, npm.devDependencies['openid-client'] ?? ''],
    ['`openapi-python-client`', /^openapi-python-client==([\d.]+)/m, pip],
    ['`oapi-codegen`', /oapi-codegen\/v2 v([\d.]+)/, 'generated/go/go.mod'],
    [
      'OpenAPI Generator',
      /generator-cli<\/artifactId>\s*<version>([\d.]+)/,
      'generated/java/pom.xml',
    ],
  ] as const)('names the version of %s that the tests run', (name, pattern, from) => {
    const text = /^[\w/]+\.(xml|mod|toml)$/.test(from) ? read(`test/clients/${from}`) : from
    const [, version = 'none'] = pattern.exec(text) ?? []
    const [major, minor] = version.split('.')
    expect(document).toContain(`${name} ${major}.${minor}`)
  })
})
