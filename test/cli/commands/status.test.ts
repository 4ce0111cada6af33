import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeTestFolder } from '../../helpers/marks.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'
import { status } from '../samples.ts'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())

test('status says where the log is once there is one', async () => {
  const log_file = path.join(makeTestFolder('log'), 'tokentray.log')
  endpoint.reply('GET /v1/status', { ...status, log_file })
  const lines = async () => (await runCli(endpoint.directories, ['status'])).stdout.split('\n')
  expect((await lines()).join('\n')).not.toContain('log:')
  writeFileSync(log_file, '{}\n')
  expect(await lines()).toContain(`log:            ${log_file}`)
})
