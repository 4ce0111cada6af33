/**
 * The command that starts Tokentray without a keychain. `npm start` in a clone is recognized by a variable that
 * npm sets: there is no other command there, unless the user has made one.
 */
export const memoryCommand = (env: Readonly<Record<string, string | undefined>>): string =>
  env['npm_lifecycle_event'] === 'start' ? 'npm start -- --memory' : 'tokentray serve --memory'

/** The end of a sentence that offers it as an alternative. */
export const OR_IN_MEMORY = `or use "${memoryCommand(process.env)}".`
