import { parseArgs } from 'node:util'

/** What `npm start -- --help` prints. */
export const HELP = `Usage: npm start -- [options]

Builds Tokentray and opens the tray app. Without a display or Electron it starts
the agent instead, which does the same without a window.

Options:
  --demo      Use simulated services and demo accounts; nothing is kept
  --preview   Show the window in Chromium instead of Electron (Linux only): no
              tray icon, and notifications in the terminal
  --memory    Keep passwords in memory instead of the keychain, until it stops
  -h, --help  Show this help
`

/** @type {Record<string, { type: 'boolean', short?: string }>} */
const known = {
  demo: { type: 'boolean' },
  preview: { type: 'boolean' },
  memory: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
}

/**
 * The options of `npm start`. Throws an error with a sentence for the user if one is unknown, or if npm has
 * taken it for itself, which it does without "--" before it.
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ demo: boolean, preview: boolean, memory: boolean, help: boolean }}
 */
export function readOptions(args, env) {
  const taken = Object.keys(known).find((name) => env[`npm_config_${name}`] === 'true')
  if (taken) throw new Error(`npm kept --${taken} for itself. Run: npm start -- --${taken}`)
  const { values, tokens } = parseArgs({
    ...{ args: [...args], options: known, strict: false, tokens: true },
  })
  const odd = tokens.find(
    (token) =>
      token.kind !== 'option' || !Object.hasOwn(known, token.name) || token.value !== undefined,
  )
  if (odd) throw new Error(`Unknown option: ${args[odd.index]}. Run: npm start -- --help`)
  const has = (/** @type {string} */ name) => values[name] === true
  return { demo: has('demo'), preview: has('preview'), memory: has('memory'), help: has('help') }
}
