import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { basic, makeLoopback, type TestLoopback } from '../helpers/make-loopback.ts'
import { makeTestFolder } from '../helpers/marks.ts'
import { describeWith } from '../helpers/needs.ts'
import { pythonClients, schemathesis } from './programs.ts'

const run = promisify(execFile)
/** For each operation and phase; `npm run test:api` takes many more. */
const EXAMPLES = process.env['API_EXAMPLES'] ?? '10'
const MINUTES = 60_000

describeWith([pythonClients], 'requests made from openapi.json, good and bad ones,', () => {
  let endpoint: TestLoopback
  beforeEach(async () => {
    endpoint = await makeLoopback()
    await endpoint.signIn()
  })
  afterEach(() => endpoint.close())

  /** Rejects with what Schemathesis prints where an answer is not as the document says, or too slow. */
  async function tryAll(authorization: string): Promise<string> {
    const { stdout } = await run(
      schemathesis,
      [
        ...['run', `${endpoint.issuer}/openapi.json`, '--no-color', '--warnings', 'off'],
        ...['-H', `Authorization: ${authorization}`, '--max-response-time', '10'],
        ...['--seed', '1', '--max-examples', EXAMPLES, '--phases', 'examples,coverage,fuzzing'],
        ...['--checks', CHECKS.join(','), '--continue-on-failure'],
        // It waits for what happens, as long as it is told to.
        ...['--exclude-path', '/v1/activity'],
      ],
      {
        cwd: makeTestFolder('schemathesis'),
        env: { ...process.env, NO_PROXY: '*', PYTHONUTF8: '1' },
        maxBuffer: 64 * 1024 * 1024,
      },
    ).catch((error: { stdout?: string }) => {
      throw new Error(String(error.stdout).slice(-8_000))
    })
    return stdout
  }

  it(
    'get answers that are documented, with the owner key, and none is a mistake of ours',
    async () => {
      expect(await tryAll(`Bearer ${endpoint.ownerKey}`)).toMatch(/No issues found/)
    },
    20 * MINUTES,
  )

  it(
    'get answers that are documented, as a tool, and none is a mistake of ours',
    async () => {
      const tool = endpoint.addClient('tool', 'sftpgo/alice')

      expect(await tryAll(basic(tool).authorization)).toMatch(/No issues found/)
    },
    20 * MINUTES,
  )
})

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'unsupported_method',
  'allow_header_conformance',
]
