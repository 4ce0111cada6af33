import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { findDirectories } from '../../main/base/files/directories.ts'
import { runCli } from '../cli/run-cli.ts'
import { makeTestFolder } from '../helpers/marks.ts'
import {
  allowed,
  oldEnglish,
  oldExports,
  oldFiles,
  oldMemberNames,
  oldMembers,
  oldNames,
  oldNameWords,
  oldOnScreen,
  oldSentences,
} from './old-words.ts'
import { filesIn, flat, isSource, type Name, read, wordsOf } from './read-words.ts'

/** A word of a list, and where it was found. */
interface Hit {
  readonly file: string
  readonly line: number
  readonly word: string
}

const ours = ['main', 'preload', 'renderer', 'build']
/** The lists themselves hold every old word. */
const isList = (file: string) => file.startsWith('test/docs/old-words')
const files = [...filesIn(...ours, 'test'), ...filesIn('docs', '.github')].filter(
  (file) => !isList(file),
)
const sources = files.filter(isSource)
const shown = sources.filter((file) => !file.startsWith('test/'))
const papers = [
  ...['README', 'SECURITY', 'ARCHITECTURE', 'CONTRIBUTING', 'CHANGELOG'].map(
    (name) => `${name}.md`,
  ),
  ...files.filter((file) =>
    /^docs\/.*\.md$|^\.github\/.*\.(?:md|yml)$|^build\/.*(?:service|apparmor)$/.test(file),
  ),
  ...[
    'electron-builder.yml',
    'package.json',
    'build/linux/tokentray',
    'build/windows/tokentray.cmd',
  ],
]

const words = new Map(sources.map((file) => [file, wordsOf(file, read(file))]))
const of = (file: string) => words.get(file) ?? { names: [], strings: [], comments: [], titles: [] }

const used = new Set<(typeof allowed)[number]>()
const isAllowed = ({ file, word }: Hit) =>
  allowed.some((each) => {
    const fits = file.startsWith(each.in) && each.word.toLowerCase() === word.toLowerCase()
    if (fits) used.add(each)
    return fits
  })

/** The hits that nothing allows, as lines. */
const left = (hits: readonly Hit[]) =>
  hits.filter((hit) => !isAllowed(hit)).map(({ file, line, word }) => `${file}:${line} ${word}`)

/** The words of which a name consists, in lower case. */
const partsOf = (name: string) =>
  name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g)?.map((part) => part.toLowerCase()) ?? []

const oldInName = ({ text, owner, kind }: Name) => {
  const parts = partsOf(text.replace(/under_?way/i, ''))
  const lists = [
    kind === 'variable' ? [] : oldNames,
    kind === 'exported' ? oldExports : [],
    kind === 'member' ? [...oldMemberNames, ...(oldMembers[owner] ?? [])] : [],
  ]
  return [
    ...lists.flat().filter((old) => old === text),
    ...(kind === 'variable' ? [] : oldNameWords.filter((old) => parts.includes(old))),
  ]
}
const matchesIn = (text: string, patterns: readonly RegExp[]) =>
  patterns.flatMap((pattern) => pattern.exec(flat(text))?.[0] ?? [])
const oldInSentence = (text: string) => [
  ...oldSentences.filter((old) => flat(text).includes(old)),
  ...matchesIn(text, oldEnglish),
]
const oldOnScreenIn = (text: string) => [...oldInSentence(text), ...matchesIn(text, oldOnScreen)]

const isSentence = (text: string) => /\S\s+\S/.test(text)
const oldFile = (file: string) => {
  const stem = path.basename(file).replace(/(?:\.test)?\.\w+$/, '')
  return oldFiles.filter((old) => old === stem)
}

describe('the words of the project', () => {
  it('are in no name of a file that has a better one', () => {
    const hits = files.flatMap((file) => oldFile(file).map((word) => ({ file, line: 1, word })))
    expect(left(hits)).toEqual([])
  })

  it('are in no name of a type, a function or a member that has a better one', () => {
    const hits = sources.flatMap((file) =>
      of(file).names.flatMap((name) =>
        oldInName(name).map((word) => ({ file, line: name.line, word: `${name.text}: ${word}` })),
      ),
    )
    expect(left(hits)).toEqual([])
  })

  it('are in no sentence that users read', () => {
    const hits = shown.flatMap((file) =>
      of(file)
        .strings.filter(({ text }) => isSentence(text))
        .flatMap(({ text, line }) => oldOnScreenIn(text).map((word) => ({ file, line, word }))),
    )
    expect(left(hits)).toEqual([])
  })

  it('are not in the papers, the templates or what the packages say', () => {
    const hits = papers.flatMap((file) =>
      read(file)
        .split(/\n(?=\s*\n|\||[*\d])/)
        .flatMap((text) => oldOnScreenIn(text).map((word) => ({ file, line: 1, word }))),
    )
    expect(left(hits)).toEqual([])
  })

  it('are in no comment', () => {
    const hits = sources.flatMap((file) =>
      of(file).comments.flatMap(({ text, line }) =>
        matchesIn(text, oldEnglish).map((word) => ({ file, line, word })),
      ),
    )
    expect(left(hits)).toEqual([])
  })

  it('are in no name of a test', () => {
    const hits = sources.flatMap((file) =>
      of(file).titles.flatMap(({ text, line }) =>
        matchesIn(text, oldEnglish).map((word) => ({ file, line, word })),
      ),
    )
    expect(left(hits)).toEqual([])
  })

  it('are not in the help of any command', async () => {
    const directories = findDirectories({ TOKENTRAY_HOME: makeTestFolder('vocabulary') })
    const seen = new Set<string>()
    const hits: Hit[] = []
    const visit = async (command: readonly string[]) => {
      const { stdout } = await runCli(directories, [...command, '--help'])
      const [usage = ''] = stdout.split('\n')
      if (seen.has(usage)) return
      seen.add(usage)
      const file = ['tokentray', ...command, '--help'].join(' ')
      hits.push(...oldOnScreenIn(stdout).map((word) => ({ file, line: 1, word })))
      const [, list = ''] = stdout.split(/^Commands:$/m)
      const names = [...list.matchAll(/^ {2}(\w[\w-]*)/gm)].map(([, name = '']) => name)
      for (const name of names.filter((each) => each !== 'help')) await visit([...command, name])
    }
    await visit([])
    expect([...seen].some((usage) => usage.startsWith('Usage: tokentray login'))).toBe(true)
    expect(left(hits)).toEqual([])
  })

  it('are allowed where they are used only', () => {
    expect(allowed.filter((each) => !used.has(each))).toEqual([])
  })
})

describe('an old word', () => {
  it.each(oldFiles)('%s is noticed as the name of a file', (old) => {
    expect(oldFile(`main/broker/${old}.ts`)).toEqual([old])
    expect(oldFile(`test/broker/${old}.test.ts`)).toEqual([old])
  })

  it.each(oldNames)('%s is noticed as the name of what is exported, and of a member', (old) => {
    const source = `export const ${old} = 1; interface A { ${old}(): void }; class B { ${old} = 1 }`
    const { names } = wordsOf('sample.ts', source)
    expect(names.filter((name) => oldInName(name).includes(old))).toHaveLength(3)
  })

  it.each(oldNameWords)('%s is noticed in a name', (old) => {
    const capital = `${old.slice(0, 1).toUpperCase()}${old.slice(1)}`
    const { names } = wordsOf('sample.ts', `export const is${capital}Now = 1; type ${capital} = 1`)
    expect(names.flatMap(oldInName).filter((word) => word === old)).toHaveLength(2)
  })

  it.each(oldExports)(
    '%s is noticed as the name of what is exported, and of nothing else',
    (old) => {
      const { names } = wordsOf('sample.ts', `export function ${old}() { const ${old} = 1 }`)
      expect(names.flatMap(oldInName)).toEqual([old])
    },
  )

  it.each(oldMemberNames)('%s is noticed as the name of a member, and of nothing else', (old) => {
    const { names } = wordsOf('sample.ts', `type A = { ${old}: 1 }; const ${old} = 1`)
    expect(names.flatMap(oldInName)).toEqual([old])
  })

  it.each(
    Object.entries(oldMembers).flatMap(([owner, olds]) => olds.map((old) => [owner, old] as const)),
  )('%s.%s is noticed, and the same member of another class is not', (owner, old) => {
    const inClass = (name: string) =>
      wordsOf('sample.ts', `class ${name} { ${old}() {} }`).names.flatMap(oldInName)
    const anywhere = [...oldNames, ...oldNameWords].filter((name) => name === old)
    expect(inClass(owner)).toEqual([...anywhere, old].slice(-1 - anywhere.length))
    expect(inClass('Another')).toEqual(anywhere)
  })

  it.each(oldSentences)('"%s" is noticed in a string, a template and a page', (old) => {
    const quoted = JSON.stringify(`It says: ${old} so.`)
    const source = `const a = ${quoted}; const b = \`${old}\${a}\`; const c = <p>${old}</p>`
    const { strings } = wordsOf('sample.tsx', source)
    expect(strings.filter(({ text }) => oldInSentence(text).includes(old))).toHaveLength(3)
    const broken = old.replace(' ', '\n * ')
    expect(oldInSentence(broken)).toContain(old)
  })

  it.each([
    'a person decides',
    'somebody has it',
    'for nobody',
    'whoever asks',
    'what is out now',
    'tokens that are out',
    'in the place of the old one',
    'takes the place of it',
    'is good for one visit',
    'those that are there',
    'is told so',
    'it goes on with that',
    'then it goes on.',
    'it lives on',
    'is started anew',
    'for want of a sandbox',
    'a link that is none',
    'finds fault with it',
  ])('"%s" is noticed in a comment and as the name of a test', (text) => {
    const { comments, titles } = wordsOf('sample.ts', `/** ${text} */\nit('${text}', () => {})`)
    expect(comments.flatMap((each) => matchesIn(each.text, oldEnglish))).not.toEqual([])
    expect(titles.flatMap((each) => matchesIn(each.text, oldEnglish))).not.toEqual([])
  })

  it.each([
    'sign in',
    'Signed out.',
    'tokens that live',
    'tokens that end soon',
    'The tokens have ended',
    'Mend the setting',
  ])('"%s" is noticed where users read it', (text) => {
    expect(oldOnScreenIn(text)).not.toEqual([])
  })
})
