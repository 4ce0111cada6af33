/**
 * A hint refers to a form field as `set "Label" to "Choice" (name=value)`: the label for the window, the name
 * for the command line and the API. Each of these keeps the part that helps its user.
 */
const SETTING = /\bset "[^"]+"(?: to [^()]+)? \((\w+=\w+)\)/g

/** The end of a sentence that offers a command as an alternative, or gives the command after a colon. */
const OTHERWISE = /, or use "(?:tokentray|npm start) [^"]*"/g
const BY_COMMAND = /: tokentray .+$/

/** The hint for the command line: `start again with --set name=value`. */
export function forCommandLine(hint: string): string {
  return hint.replace(SETTING, (_, setting: string) => `start again with --set ${setting}`)
}

/** The hint for the window, where buttons replace our commands: empty if it only names a command. */
export function forWindow(hint: string): string {
  const text = hint
    .replace(SETTING, (found, setting: string) => found.replace(` (${setting})`, ''))
    .replace(OTHERWISE, '')
    .replace(BY_COMMAND, '.')
  return sentencesOf(text)
    .filter((sentence) => !sentence.includes('"tokentray '))
    .join(' ')
}

/** The sentences of the hint that name a field to set; empty if there are none. */
export function settingsIn(hint: string): string {
  return sentencesOf(hint)
    .filter((sentence) => sentence.search(SETTING) >= 0)
    .join(' ')
}

const sentencesOf = (hint: string) => hint.split(/(?<=\.) /)
