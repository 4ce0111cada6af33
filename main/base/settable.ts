/**
 * A hint names a field that may not be on the screen as `set "Label" to "Choice" (name=value)`: by the label
 * for who looks at the form, by its name for who wrote a request. Each surface keeps what helps there.
 */
const SETTING = /\bset "[^"]+"(?: to [^()]+)? \((\w+=\w+)\)/g

/** The hint for who has a command line: `start again with --set name=value`. */
export function forCommandLine(hint: string): string {
  return hint.replace(SETTING, (_, setting: string) => `start again with --set ${setting}`)
}

/** The hint for who has the form before them. */
export function forWindow(hint: string): string {
  return hint.replace(SETTING, (text, setting: string) => text.replace(` (${setting})`, ''))
}

/** The sentences of the hint that name a field to set; empty if none does. */
export function settingsIn(hint: string): string {
  const sentences = hint.split(/(?<=\.) /)
  return sentences.filter((sentence) => sentence.search(SETTING) >= 0).join(' ')
}
