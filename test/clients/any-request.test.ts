import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { basic, makeLoopback, type TestLoopback } from '../helpers/make-loopback.ts'
import { makeTestFolder } from '../helpers/marks.ts'
import { describeWith } from '../helpers/needs.ts'
import { pythonClients, schemathesis } from './programs.ts'

const run = promisify(execFile)
/** For each operation and phase; `npm run test:api` uses many more, and requires this many cases in all. */
const EXAMPLES = process.env['API_EXAMPLES'] ?? '10'
const CASES = Number(process.env['API_CASES'] ?? 300)
/** This route waits for new lines as long as requested, so the clock is advanced meanwhile. */
const WAITING = '/v1/activity'
const MINUTES = 60_000

describeWith([pythonClients], 'valid and invalid requests generated from openapi.json', () => {
  let endpoint: TestLoopback
  beforeEach(async () => {
    endpoint = await makeLoopback()
    await endpoint.newAccount()
  })
  afterEach(() => endpoint.close())

  /**
   * The number of requests to these routes. Rejects with the output of Schemathesis if a response does
   * not match the document, or is too slow.
   */
  async function tryAll(authorization: string, ...paths: string[]): Promise<number> {
    const { stdout } = await run(
      schemathesis,
      [
        ...['--config-file', path.join(import.meta.dirname, 'schemathesis.toml')],
        ...['run', `${endpoint.issuer}/openapi.json`, '--no-color', '--warnings', 'off'],
        ...['-H', `Authorization: ${authorization}`, '--max-response-time', '10'],
        ...['--seed', '1', '--max-examples', EXAMPLES, '--phases', 'examples,coverage,fuzzing'],
        ...['--checks', CHECKS.join(','), '--continue-on-failure'],
        ...paths,
      ],
      {
        cwd: makeTestFolder('schemathesis'),
        env: { ...process.env, NO_PROXY: '*', PYTHONUTF8: '1' },
        maxBuffer: 64 * 1024 * 1024,
      },
    ).catch((error: { stdout?: string }) => {
      throw new Error(String(error.stdout).slice(-8_000))
    })
    const made = Number(/(\S+) generated/.exec(stdout)?.[1]?.replaceAll(',', ''))
    // Only for a run with many requests; the suite prints nothing.
    if (process.env['API_CASES']) process.stdout.write(`${made} requests as documented\n`)
    return made
  }

  it.each(['with the owner key', 'as a tool'])(
    'get documented responses, %s, and no internal error',
    async (who) => {
      expect(await tryAll(credentials(who), '--exclude-path', WAITING)).toBeGreaterThan(CASES)
    },
    20 * MINUTES,
  )

  it.each(['with the owner key', 'as a tool'])(
    'get documented responses from the route that waits, %s, once that time is over',
    async (who) => {
      const ticking = setInterval(() => void endpoint.clock.advance(31_000), 50)
      try {
        expect(await tryAll(credentials(who), '--include-path', WAITING)).toBeGreaterThan(20)
      } finally {
        clearInterval(ticking)
      }
    },
    20 * MINUTES,
  )

  const credentials = (who: string): string =>
    who === 'as a tool'
      ? basic(endpoint.addClient('tool', 'sftpgo/alice')).authorization
      : `Bearer ${endpoint.ownerKey}`
})

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'unsupported_method',
  'allow_header_conformance',
  'negative_data_rejection',
]
