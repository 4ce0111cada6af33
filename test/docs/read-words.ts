import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseSync } from 'vite'

export const root = path.resolve(import.meta.dirname, '../..')

/** A text of a file and where it begins. */
interface Found {
  readonly text: string
  readonly line: number
}

/** A name that a file declares; `owner` is the class, interface or type whose member it is. */
export interface Name extends Found {
  readonly owner: string
  readonly kind: 'exported' | 'member' | 'function' | 'variable'
}

/** What of a source file is read by humans. */
export interface Words {
  readonly names: readonly Name[]
  /** String literals, texts of templates and of JSX; not what an import names. */
  readonly strings: readonly Found[]
  readonly comments: readonly Found[]
  /** Names of tests and of their groups. */
  readonly titles: readonly Found[]
}

interface Node {
  readonly type: string
  readonly start: number
  readonly [member: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

/** Nodes that declare the name in their `id`. */
const DECLARATIONS = new Set([
  ...['FunctionDeclaration', 'ClassDeclaration', 'VariableDeclarator', 'TSInterfaceDeclaration'],
  ...['TSTypeAliasDeclaration', 'TSEnumDeclaration'],
])

/** Nodes that declare the name in their `key`. */
const MEMBERS = new Set([
  ...['PropertyDefinition', 'MethodDefinition', 'AccessorProperty', 'TSPropertySignature'],
  ...['TSMethodSignature', 'TSAbstractMethodDefinition', 'TSAbstractPropertyDefinition'],
])

const TEST_CALL = /^(?:it|test|describe|describeWith|itWith)\b/

/** Reads one source file by its syntax tree. */
export function wordsOf(file: string, source: string): Words {
  const { program, comments, errors } = parseSync(file, source)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`)
  const lines = lineStarts(source)
  const lineAt = (offset: number) => lines.findLastIndex((start) => start <= offset) + 1
  const names: Name[] = []
  const strings: Found[] = []
  const titles: Found[] = []

  const visit = (node: Node, owner: string, isExported: boolean) => {
    const line = lineAt(node.start)
    if (/^(?:Import|ExportAll)/.test(node.type)) return
    const name = DECLARATIONS.has(node.type) ? node['id'] : MEMBERS.has(node.type) && node['key']
    if (isNode(name) && typeof name['name'] === 'string') {
      const isMember = MEMBERS.has(node.type)
      const isVariable = node.type === 'VariableDeclarator'
      const local = isMember ? 'member' : isVariable ? 'variable' : 'function'
      const kind = isExported ? 'exported' : local
      names.push({ text: name['name'], line, owner: isMember ? owner : '', kind })
    }
    if (node.type === 'ExportSpecifier') {
      const exported = node['exported'] as { name?: string }
      if (exported.name !== undefined)
        names.push({ text: exported.name, line, owner: '', kind: 'exported' })
    }
    if (node.type === 'Literal' && typeof node['value'] === 'string') {
      strings.push({ text: node['value'], line })
    }
    if (node.type === 'JSXText') strings.push({ text: String(node['value']), line })
    if (node.type === 'TemplateLiteral') strings.push({ text: templateText(node), line })
    if (node.type === 'CallExpression') {
      const callee = source.slice(node.start, (node['callee'] as { end: number }).end)
      const [first] = node['arguments'] as Node[]
      const isTitle = TEST_CALL.test(callee) && first !== undefined
      const title = first?.type === 'ArrayExpression' ? (node['arguments'] as Node[])[1] : first
      if (isTitle && title?.type === 'Literal') titles.push({ text: String(title['value']), line })
      if (isTitle && title?.type === 'TemplateLiteral') {
        titles.push({ text: templateText(title), line })
      }
    }
    const declares = DECLARATIONS.has(node.type) && node.type !== 'VariableDeclarator'
    const isExport = /^Export/.test(node.type)
    // What a declaration with `export` lists is exported, and nothing within it.
    const isList = isExported && node.type === 'VariableDeclaration'
    const inside = declares && isNode(name) ? String(name['name']) : owner
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (isNode(child)) visit(child, inside, isExport || isList)
      }
    }
  }
  visit(program as unknown as Node, '', false)
  return {
    ...{ names, strings, titles },
    comments: comments.map(({ value, start }) => ({ text: value, line: lineAt(start) })),
  }
}

/** A template with `…` for what is put in. */
function templateText(node: Node): string {
  const parts = node['quasis'] as { value: { cooked: string } }[]
  return parts.map(({ value }) => value.cooked).join('…')
}

function lineStarts(source: string): number[] {
  return [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)]
}

/** All files below folders of the project, as paths from its root. */
export function filesIn(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      path.posix.join(folder, file.split(path.sep).join('/')),
    ),
  )
}

export const isSource = (file: string) => /\.(?:tsx?|mjs|cjs)$/.test(file)
export const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

/** In one line, without the stars of a comment. */
export const flat = (text: string) => text.replaceAll(/\s*\n\s*(?:\* ?|\/\/ ?)?/g, ' ')
