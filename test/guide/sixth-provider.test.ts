import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Checkout, replaceOnce } from '../mutants/checkout.ts'

/*
 * CONTRIBUTING says in five steps how a provider is added. Here one is added, to a copy of the project,
 * in the files that those steps name and in no others.
 */

const root = path.resolve(import.meta.dirname, '../..')
const NAME = 'paperbark'

/** What the steps say to write. It is kept as text, because it is part of the project in the copy only. */
const written: Readonly<Record<string, string>> = {
  'main/providers/NAME/NAME.ts': 'provider.ts.txt',
  'test/simulators/NAME-simulator.ts': 'simulator.ts.txt',
  'test/providers/NAME/rig.ts': 'rig.ts.txt',
  'test/providers/NAME/NAME.test.ts': 'own.test.ts.txt',
}

/** What they say to add to a file, as pairs of a text and what takes its place. */
const changed: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'main/providers/provider.ts': [[`'svix'] as const`, `'svix', '${NAME}'] as const`]],
  'main/providers/index.ts': [
    [
      `import { type Provider,`,
      `import { ${NAME} } from './${NAME}/${NAME}.ts'\nimport { type Provider,`,
    ],
    [`koyeb, svix }`, `koyeb, svix, ${NAME} }`],
  ],
  'test/providers/contract/rigs.ts': [
    [
      `import { sftpgoKeyRigs }`,
      `import { ${NAME}Rigs } from '../${NAME}/rig.ts'\nimport { sftpgoKeyRigs }`,
    ],
    [`  ...svixRigs,\n`, `  ...svixRigs,\n  ...${NAME}Rigs,\n`],
  ],
}

const named = (file: string) => file.replaceAll('NAME', NAME)

/** The steps of the guide: a numbered list. */
function steps(): string {
  const guide = readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8')
  const [, section = ''] = guide.split('\n## Adding a provider\n')
  return section.slice(section.indexOf('1. '), section.indexOf('\n\n', section.indexOf('\n5. ')))
}

describe('a sixth provider, added as CONTRIBUTING says', () => {
  const copy = new Checkout(root)

  /** What a program of the project says in the copy; rejects with it where that fails. */
  const run = (program: string, ...args: string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const bin = path.join(root, 'node_modules/.bin', program)
      const env = { ...process.env, NO_COLOR: '1', CI: '' }
      execFile(bin, args, { cwd: copy.folder, env, maxBuffer: 2 ** 26 }, (error, out, err) => {
        if (error) reject(new Error(`${program} ${args.join(' ')}\n${out}\n${err}`))
        else resolve(out)
      })
    })

  beforeAll(() => {
    for (const [file, source] of Object.entries(written)) {
      const target = path.join(copy.folder, named(file))
      mkdirSync(path.dirname(target), { recursive: true })
      writeFileSync(target, readFileSync(path.join(import.meta.dirname, NAME, source)))
    }
    for (const [file, changes] of Object.entries(changed)) {
      const target = path.join(copy.folder, file)
      let text = readFileSync(target, 'utf8')
      for (const [find, replace] of changes) text = replaceOnce(text, find, replace)
      writeFileSync(target, text)
    }
  })

  afterAll(() => copy.remove())

  it('takes the files that the steps name, and no others', () => {
    const inGuide = [...steps().matchAll(/`((?:main|test)\/[^`]+)`/g)].map(([, file = '']) => file)
    expect([...new Set(inGuide)].toSorted()).toEqual(
      [...Object.keys(written), ...Object.keys(changed)].toSorted(),
    )
  })

  it.each(['main', 'test'])('leaves no type error in %s', async (part) => {
    await run('tsc', '-p', part)
  })

  it('is formatted, follows the lint rules, and has no unused export', async () => {
    const files = [...Object.keys(written), ...Object.keys(changed)].map(named)
    await run('biome', 'format', '--write', ...files)
    await run('biome', 'check', ...files)
    await run('knip')
  })

  it('passes the contract, keeps the order of imports and the vocabulary, and goes through a token, a revocation, a crash and a start', async () => {
    const files = [
      ...['test/architecture.test.ts', 'test/docs/vocabulary.test.ts'],
      'test/providers/contract/provider-contract.test.ts',
    ]
    const tests = `${NAME}|the registry|the rigs|import table|the words of the project|gives a token, revokes it|sends the password`
    const results = path.join(copy.folder, 'results.json')
    await run(
      ...(['vitest', 'run', '--project', 'all', '-t', tests, '--reporter', 'dot'] as const),
      ...['--reporter', 'json', '--outputFile', results, ...files, `test/providers/${NAME}`],
    )
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(results, 'utf8'))
    expect(numFailedTests).toBe(0)
    expect(numPassedTests).toBeGreaterThan(150)
  })
})
