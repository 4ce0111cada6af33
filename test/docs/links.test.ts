import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesIn, read, root } from './read-words.ts'

const papers = [
  ...readdirSync(root).filter((file) => file.endsWith('.md')),
  ...filesIn('docs', '.github').filter((file) => file.endsWith('.md')),
]

/** The targets of links and pictures within the project. */
function linksIn(text: string): string[] {
  const prose = withoutCode(text)
  const found = [
    ...prose.matchAll(/\]\(\s*([^)\s]+)\s*\)/g),
    ...prose.matchAll(/<[^>]*\s(?:href|src|srcset)="([^"]+)"/g),
  ]
  return found.map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target))
}

/** The anchors that GitHub gives to the headings. */
function anchorsIn(text: string): Set<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of text.replaceAll(/```.*?```/gs, '').matchAll(/^#+ (.*)$/gm)) {
    const shown = heading.replaceAll(/[`*]|\[|\]\([^)]*\)/g, '').trim()
    const plain = shown.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    const anchor = plain.replaceAll(' ', '-')
    let count = 0
    while (anchors.has(count === 0 ? anchor : `${anchor}-${count}`)) count += 1
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`)
  }
  return anchors
}

const withoutCode = (text: string) => text.replaceAll(/```.*?```|`[^`]*`/gs, '')

/** What is wrong with a link of a paper; undefined if it leads somewhere. */
function problemOf(paper: string, target: string): string | undefined {
  const [file = '', anchor] = target.split('#')
  const leadsTo = file === '' ? paper : path.posix.join(path.posix.dirname(paper), file)
  if (!existsSync(path.join(root, leadsTo))) return `${paper}: ${leadsTo} does not exist`
  if (anchor === undefined || anchorsIn(read(leadsTo)).has(anchor)) return undefined
  return `${paper}: ${leadsTo} has no heading #${anchor}`
}

describe('the links in the papers', () => {
  it('lead to files and headings that exist', () => {
    const links = papers.flatMap((paper) => linksIn(read(paper)).map((link) => [paper, link]))
    expect(links.length).toBeGreaterThan(30)
    expect(links.flatMap(([paper = '', link = '']) => problemOf(paper, link) ?? [])).toEqual([])
  })

  it('lead from README to every paper', () => {
    const linked = new Set(linksIn(read('README.md')).map((link) => link.split('#')[0]))
    const fromOthers = ['docs/first-real-run.md']
    const ours = papers.filter((file) => !file.startsWith('.github/') && file !== 'README.md')
    expect(ours.filter((file) => !linked.has(file) && !fromOthers.includes(file))).toEqual([])
  })
})

describe('a link', () => {
  it.each([
    ['README.md', 'docs/missing.md', 'README.md: docs/missing.md does not exist'],
    ['docs/using.md', '#missing', 'docs/using.md: docs/using.md has no heading #missing'],
    [
      'docs/using.md',
      '../SECURITY.md#missing',
      'docs/using.md: SECURITY.md has no heading #missing',
    ],
    ['docs/using.md', 'storage.md#exported-files', undefined],
  ])('of %s to %s has the problem %s', (paper, link, problem) => {
    expect(problemOf(paper, link)).toBe(problem)
  })

  it('is found in text, in pictures and over two lines, and not in code', () => {
    const text =
      '[a](b.md) ![c](d.png) [e\nf](g.md#h)\n<img alt="" src="i.png"> `[j](k.md)` [l](https://m)'
    expect(linksIn(text).sort()).toEqual(['b.md', 'd.png', 'g.md#h', 'i.png'])
  })

  it('leads to headings by their text, without marks, counted when repeated', () => {
    const text = '# A `b`, "c" (d)\n## It\n## It\n```sh\n# no heading\n```\n'
    expect([...anchorsIn(text)]).toEqual(['a-b-c-d', 'it', 'it-1'])
  })
})

it('keeps the README within two screens', () => {
  expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(120)
})

it('keeps the pictures of the README small', () => {
  const pictures = linksIn(read('README.md')).filter((link) => link.endsWith('.png'))
  expect(pictures.sort()).toEqual(['docs/window-dark.png', 'docs/window-light.png'])
  const sizes = pictures.map((file) => readFileSync(path.join(root, file)).length)
  expect(sizes.filter((size) => size > 60_000)).toEqual([])
})
