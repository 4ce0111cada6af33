import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'

export interface Load {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface LoadRequest {
  readonly url: string
  readonly authorization: string
  readonly body: string
}

/** Writes the request as a script for wrk; it holds a client's secret, so that only we may read it. */
export function writeScript(folder: string, { authorization, body }: LoadRequest): string {
  const file = path.join(folder, 'request.lua')
  const lines = [
    'wrk.method = "POST"',
    `wrk.body = ${JSON.stringify(body)}`,
    'wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"',
    `wrk.headers["Authorization"] = ${JSON.stringify(authorization)}`,
  ]
  writeFileSync(file, lines.join('\n'), { mode: 0o600 })
  return file
}

/** Loads a server from the second core for so many seconds. Throws when an answer was not 2xx. */
export function load(url: string, script: string, connections: number, seconds: number): Load {
  const output = execFileSync(
    'taskset',
    [
      ...['-c', '1', 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency'],
      ...['-s', script, url],
    ],
    { encoding: 'utf8' },
  )
  if (/Non-2xx/.test(output)) throw new Error(`Some answers were refusals:\n${output}`)
  return {
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]),
    p50Ms: toMs(/50%\s+([\d.]+)(us|ms|s)/.exec(output)),
    p99Ms: toMs(/99%\s+([\d.]+)(us|ms|s)/.exec(output)),
  }
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000 }

function toMs(match: RegExpExecArray | null): number {
  return Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? Number.NaN)
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
