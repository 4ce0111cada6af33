import { appendFileSync } from 'node:fs'

const file = process.env['STANDIN_TRAFFIC']

/** Keeps what the page is told, in a file that the tests search for secrets. */
export function recordTraffic(message: string): void {
  if (file) appendFileSync(file, `${message}\n`)
}
