import path from 'node:path'

/** The names under which programs call their helpers, and the commands that these are. */
const HELPERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['git-credential-tokentray', ['credential', 'git']],
  ['docker-credential-tokentray', ['credential', 'docker']],
  ['cargo-credential-tokentray', ['credential', 'cargo']],
])

/**
 * The arguments of the command line. Given is the name of the script, and what follows it; for a helper that was called
 * under its own name, its command comes first.
 */
export function argumentsOf([script = '', ...args]: readonly string[]): readonly string[] {
  return [...(HELPERS.get(path.parse(script).name) ?? []), ...args]
}
