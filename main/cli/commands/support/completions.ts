import { type CommandNode, flatten, type Values } from './command-tree.ts'

/*
 * Scripts that complete commands, options and fixed choices. They only compare words: nothing of the line that is
 * completed is evaluated, no program is started, and they may be loaded more than once.
 */

/** The shells that have a script. */
export const shells = ['bash', 'zsh', 'fish'] as const

type Shell = (typeof shells)[number]

/** The script for a shell. */
export function completionScript(shell: Shell, program: CommandNode): string {
  const nodes = flatten(program)
  return `${SCRIPTS[shell](nodes).join('\n')}\n`
}

/** How the scripts name a command: each word of it after a blank. */
const at = ({ words }: Pick<CommandNode, 'words'>) => words.map((word) => ` ${word}`).join('')

/** In single quotes, for bash and zsh. */
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
const quoteForFish = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const patternOf = (nodes: readonly CommandNode[]) =>
  nodes.filter(({ words }) => words.length > 0).map((node) => quote(at(node)))

/** What is completed after the words of a command that begin with no hyphen. */
const wordsOf = ({ commands, values }: CommandNode) => [
  ...commands.map(({ words }) => words.at(-1) ?? ''),
  ...values.flatMap(({ choices }) => choices),
]

const namesOf = ({ options }: CommandNode) => options.flatMap(({ names }) => names)
const takesFile = ({ values }: CommandNode) => values.some(({ areFiles }) => areFiles)

/** The options with a value: the pattern that their names match behind their command, and the values. */
const valued = (nodes: readonly CommandNode[]): { pattern: string; value: Values }[] =>
  nodes.flatMap((node) =>
    node.options.flatMap(({ names, value }) =>
      value
        ? [{ pattern: names.map((name) => quote(`${at(node)}:${name}`)).join('|'), value }]
        : [],
    ),
  )

const SCRIPTS: Readonly<Record<Shell, (nodes: readonly CommandNode[]) => string[]>> = {
  bash: (nodes) => [
    '# Completions of tokentray for bash, printed by "tokentray completion bash".',
    '_tokentray() {',
    "  local at='' word previous i list='' files='' IFS=$' \\t\\n'",
    // Bash splits the line at "=", too.
    `  local current=\${COMP_WORDS[COMP_CWORD]}`,
    `  previous=\${COMP_WORDS[COMP_CWORD-1]}`,
    "  if [[ $current == '=' ]]; then current=''",
    `  elif [[ $previous == '=' ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi`,
    '  COMPREPLY=()',
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    `    case "$at \${COMP_WORDS[i]}" in`,
    `      ${patternOf(nodes).join('|')}) at+=" \${COMP_WORDS[i]}" ;;`,
    '    esac',
    '  done',
    '  case "$at:$previous" in',
    ...valued(nodes).map(
      ({ pattern, value }) =>
        `    ${pattern}) list=${quote(value.choices.join(' '))} files=${value.areFiles ? 'yes' : "''"} ;;`,
    ),
    '    *) case "$at:$current" in',
    ...nodes.map(
      (node) => `      ${quote(`${at(node)}:-`)}*) list=${quote(namesOf(node).join(' '))} ;;`,
    ),
    ...nodes.map(
      (node) =>
        `      ${quote(`${at(node)}:`)}*) list=${quote(wordsOf(node).join(' '))} files=${takesFile(node) ? 'yes' : "''"} ;;`,
    ),
    '    esac ;;',
    '  esac',
    '  for word in $list; do',
    '    [[ $word == "$current"* ]] && COMPREPLY+=("$word")',
    '  done',
    // Bash 3.2, as on macOS, has no compopt.
    '  [[ $files ]] && compopt -o default 2>/dev/null',
    '  return 0',
    '}',
    'complete -F _tokentray tokentray',
  ],
  zsh: (nodes) => [
    '#compdef tokentray',
    '# Completions of tokentray for zsh, printed by "tokentray completion zsh".',
    '_tokentray() {',
    `  local at='' previous=\${words[CURRENT-1]} i`,
    '  local -a found',
    '  for ((i = 2; i < CURRENT; i++)); do',
    `    case "$at \${words[i]}" in`,
    `      (${patternOf(nodes).join('|')}) at+=" \${words[i]}" ;;`,
    '    esac',
    '  done',
    `  if [[ $PREFIX == --*=* ]]; then previous=\${PREFIX%%=*}; compset -P '*='; fi`,
    '  case "$at:$previous" in',
    ...valued(nodes).map(
      ({ pattern, value }) => `    (${pattern}) ${valuesInZsh(value)}; return ;;`,
    ),
    '  esac',
    '  case "$at:$PREFIX" in',
    ...nodes.map(
      (node) =>
        `    (${quote(`${at(node)}:-`)}*) found=(${node.options.flatMap(({ names, option }) => names.map((name) => described(name, option.description))).join(' ')}) ;;`,
    ),
    ...nodes.map((node) => {
      const commands = node.commands.map(({ words, description }) =>
        described(words.at(-1) ?? '', description),
      )
      const choices = node.values.flatMap(({ choices }) => choices).map(quote)
      const files = takesFile(node) ? '_files; return' : ''
      return `    (${quote(`${at(node)}:`)}*) found=(${[...commands, ...choices].join(' ')}); ${files};;`
    }),
    '  esac',
    // Options are offered only behind a hyphen.
    '  if [[ $PREFIX == -* ]]; then _describe -o option found; else _describe command found; fi',
    '}',
    'if [[ $funcstack[1] == _tokentray ]]; then _tokentray "$@"; else compdef _tokentray tokentray; fi',
  ],
  fish: (nodes) => [
    '# Completions of tokentray for fish, printed by "tokentray completion fish".',
    'function __tokentray_at',
    "    set -l at ''",
    '    for word in (commandline -opc)[2..-1]',
    '        switch "$at $word"',
    `            case ${nodes
      .filter(({ words }) => words.length > 0)
      .map((node) => quoteForFish(at(node)))
      .join(' ')}`,
    '                set at "$at $word"',
    '        end',
    '    end',
    '    test "$at" = "$argv[1]"',
    'end',
    'complete -c tokentray -e',
    'complete -c tokentray -f',
    ...nodes.flatMap(toFish),
  ],
}

/** For `_describe`; a colon ends the name. */
const described = (name: string, description: string) => quote(`${name}:${description}`)

function valuesInZsh({ choices, areFiles }: Values): string {
  if (areFiles) return '_files'
  return choices.length > 0 ? `compadd -- ${choices.map(quote).join(' ')}` : ':'
}

function toFish(node: CommandNode): string[] {
  const here = `complete -c tokentray -n ${quoteForFish(`__tokentray_at "${at(node)}"`)}`
  const toWord = (word: string, description: string) =>
    `${here} -a ${quoteForFish(word)} -d ${quoteForFish(description)}`
  return [
    ...(takesFile(node) ? [`${here} -F`] : []),
    ...node.commands.map(({ words, description }) => toWord(words.at(-1) ?? '', description)),
    ...node.values.flatMap(({ choices }) => choices).map((choice) => toWord(choice, '')),
    ...node.options.map(({ names, option, value }) => {
      const flags = names.map((name) =>
        name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
      )
      return [here, ...flags, valuesInFish(value), `-d ${quoteForFish(option.description)}`]
        .filter(Boolean)
        .join(' ')
    }),
  ]
}

function valuesInFish(value: Values | null): string {
  if (!value) return ''
  if (value.areFiles) return '-r -F'
  return value.choices.length > 0 ? `-x -a ${quoteForFish(value.choices.join(' '))}` : '-x'
}
