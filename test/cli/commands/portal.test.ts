import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import type { Secret } from '../../../main/base/secret.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'
import { portal } from '../samples.ts'

const PORTAL = 'POST /v1/accounts/*/portal'
const END = 'POST /v1/leases/end'
const ENDS = 'Access ends in 1 h. To revoke it now: tokentray revoke l7\n'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())

const cli = (line: string, openPage?: (url: Secret, opened: () => void) => Promise<void>) =>
  runCli(endpoint.directories, line.split(' '), { ...(openPage && { openPage }) })

test('opens the link, prints it nowhere, and says when access ends', async () => {
  const opened: string[] = []
  const run = await cli('portal svix/first', async (url) => void opened.push(url.reveal()))
  expect(opened).toEqual([portal.url])
  expect(run).toEqual({ exit: 0, stdout: 'Opened in the browser: svix/first\n', stderr: ENDS })
  expect(endpoint.bodies(PORTAL)).toEqual([{}])
})

test('accepts another application', async () => {
  expect((await cli('portal svix/first app_2')).stdout).toBe('Opened in the browser: app_2\n')
  expect(endpoint.bodies(PORTAL)).toEqual([{ application: 'app_2' }])
})

test('--print prints only the link, and opens nothing', async () => {
  let opened = 0
  const run = await cli('portal svix/first --print', async () => {
    opened += 1
  })
  expect(run).toEqual({
    exit: 0,
    stdout: `${portal.url}\n`,
    stderr: `The link works once.\n${ENDS}`,
  })
  expect(opened).toBe(0)
})

test('--print --json prints the whole response', async () => {
  const run = await cli('portal svix/first --print --json')
  expect(run).toMatchObject({ exit: 0, stderr: '' })
  expect(JSON.parse(run.stdout)).toEqual(portal)
})

test('--json without --print is rejected before a link is created', async () => {
  expect(await cli('portal svix/first --json')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('--json requires --print.'),
  })
  expect(endpoint.requests).toEqual([])
})

test('says that it is waiting once the browser was opened', async () => {
  const run = await cli('portal svix/first', async (_, opened) => opened())
  expect(run.stderr).toBe(`Waiting for the browser…\n${ENDS}`)
})

test.each([200, 503])(
  'closes the lease of a link that could not be opened, even if that returns %i',
  async (status) => {
    if (status !== 200) endpoint.refuse(END, 'temporarily_unavailable')
    const run = await cli('portal svix/first', async () => {
      throw new TokentrayError('temporarily_unavailable', 'No browser.', { hint: 'Use --print.' })
    })
    const left = 'The access could not be revoked. To try again: tokentray revoke l7\n'
    const stderr = `${status === 200 ? '' : left}tokentray: No browser.\nUse --print.\n`
    expect(run).toEqual({ exit: 8, stdout: '', stderr })
    expect(endpoint.bodies(END)).toEqual([{ lease: 'l7' }])
  },
)

test('closes the lease of a link that was not opened before Ctrl-C', async () => {
  const keys = new EventEmitter()
  const openPage = () => {
    // Later than this step, like a key press.
    setImmediate(() => keys.emit('SIGINT'))
    return new Promise<void>(() => {})
  }
  const run = await runCli(endpoint.directories, ['portal', 'svix/first'], { keys, openPage })
  expect(run).toEqual({ exit: 130, stdout: '', stderr: '' })
  expect(endpoint.bodies(END)).toEqual([{ lease: 'l7' }])
  expect(keys.listenerCount('SIGINT')).toBe(0)
})
