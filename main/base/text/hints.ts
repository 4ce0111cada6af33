/**
 * A hint names a field that may not be on the screen as `set "Label" to "Choice" (name=value)`: by the label
 * for who looks at the form, by its name for who wrote a request. Each surface keeps what helps there.
 */
const SETTING = /\bset "[^"]+"(?: to [^()]+)? \((\w+=\w+)\)/g

/** The ends of a sentence that names a command besides, or after a colon how to do what it says. */
const OTHERWISE = /, or use "tokentray [^"]*"/g
const BY_COMMAND = /: tokentray .+$/

/** The hint for who has a command line: `start again with --set name=value`. */
export function forCommandLine(hint: string): string {
  return hint.replace(SETTING, (_, setting: string) => `start again with --set ${setting}`)
}

/**
 * The hint for who has the window or its form before them, where buttons do what commands of ours do: empty
 * if it names a command and nothing else.
 */
export function forWindow(hint: string): string {
  const text = hint
    .replace(SETTING, (found, setting: string) => found.replace(` (${setting})`, ''))
    .replace(OTHERWISE, '')
    .replace(BY_COMMAND, '.')
  return sentencesOf(text)
    .filter((sentence) => !sentence.includes('"tokentray '))
    .join(' ')
}

/** The sentences of the hint that name a field to set; empty if none does. */
export function settingsIn(hint: string): string {
  return sentencesOf(hint)
    .filter((sentence) => sentence.search(SETTING) >= 0)
    .join(' ')
}

const sentencesOf = (hint: string) => hint.split(/(?<=\.) /)
