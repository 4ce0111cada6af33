import { appendFileSync } from 'node:fs'

const file = process.env['STANDIN_TRAFFIC']

/** Writes what is sent to the page to a file that the tests search for secrets. */
export function recordTraffic(message: string): void {
  if (file) appendFileSync(file, `${message}\n`)
}
