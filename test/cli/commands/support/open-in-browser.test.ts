import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Secret } from '../../../../main/base/secret.ts'
import {
  openerOf,
  openInBrowser,
  run,
} from '../../../../main/cli/commands/support/open-in-browser.ts'
import { makeTestFolder, markedSecret } from '../../../helpers/marks.ts'
import { curl, describeWith, linuxProc } from '../../../helpers/needs.ts'
import { watchProcessList } from '../../../helpers/process-list.ts'

test.each([
  ['linux', ['xdg-open', 'http://127.0.0.1:1/a']],
  ['freebsd', ['xdg-open', 'http://127.0.0.1:1/a']],
  ['darwin', ['open', 'http://127.0.0.1:1/a']],
  ['win32', ['rundll32.exe', 'url.dll,FileProtocolHandler', 'http://127.0.0.1:1/a']],
] as const)('on %s an address is opened with %j', (platform, command) => {
  expect(openerOf(platform, 'http://127.0.0.1:1/a')).toEqual(command)
})

test('a program that is not there is said to be missing', async () => {
  await expect(run(['no-such-opener', 'x'])).rejects.toMatchObject({
    code: 'invalid_request',
    message: 'Cannot open a browser: "no-such-opener" is not installed.',
  })
})

test('a program that fails could not open a browser', async () => {
  await expect(run([process.execPath, '-e', 'process.exit(3)'])).rejects.toMatchObject({
    code: 'temporarily_unavailable',
    message: `"${process.execPath}" could not open a browser.`,
  })
})

describeWith([linuxProc, curl], 'on Linux', () => {
  const PATH = process.env['PATH']
  let folder: string
  beforeEach(() => {
    folder = makeTestFolder('opener')
  })
  afterEach(() => {
    process.env['PATH'] = PATH
  })

  /** Puts an opener of the test's own in front of the system's. */
  function install(script: string): void {
    const file = path.join(folder, 'xdg-open')
    writeFileSync(file, `#!/bin/sh\n${script}\n`)
    chmodSync(file, 0o755)
    process.env['PATH'] = `${folder}:${PATH}`
  }

  test('the browser is led to the link, which stands in no list of processes', async () => {
    const key = markedSecret('portal')
    // It runs for a while, as a browser does, with its arguments visible to all.
    install(`curl --noproxy '*' -s -o /dev/null -D '${folder}/head' "$1"; sleep 0.2`)
    const stop = watchProcessList()
    await openInBrowser(new Secret(`https://portal.example.com/login#key=${key}`), () => {})
    const seen = stop()
    expect(seen.some((line) => line.includes('xdg-open http://127.0.0.1:'))).toBe(true)
    expect(seen.join('\n')).not.toContain(key)
    // The answer has left before curl has written down what it was told.
    await expect.poll(() => readFileSync(path.join(folder, 'head'), 'utf8')).toContain(key)
    // What the browser was told is a secret that the search at the end would find.
    writeFileSync(path.join(folder, 'head'), '')
  })

  test('tells that a browser was started, before that asks for the link', async () => {
    const go = path.join(folder, 'go')
    // It requests the page only after the result was reported.
    const wait = `while [ ! -e '${go}' ]; do sleep 0.01; done`
    install(`(${wait}; curl --noproxy '*' -s -o /dev/null "$1") & exit 0`)
    const link = new Secret(`https://portal.example.com/#${markedSecret('portal')}`)
    await openInBrowser(link, () => writeFileSync(go, ''))
    expect(existsSync(go)).toBe(true)
  })

  test('reports nothing when the opener exits after the visit, because the command is done', async () => {
    const [pid, go] = [path.join(folder, 'pid'), path.join(folder, 'go')]
    const visit = `curl --noproxy '*' -s -o /dev/null "$1"`
    install(`echo $$ > '${pid}'; ${visit}; while [ ! -e '${go}' ]; do sleep 0.01; done`)
    let told = 0
    const link = new Secret(`https://portal.example.com/#${markedSecret('portal')}`)
    await openInBrowser(link, () => {
      told += 1
    })
    writeFileSync(go, '')
    const process = `/proc/${readFileSync(pid, 'utf8').trim()}`
    await expect.poll(() => existsSync(process)).toBe(false)
    expect(told).toBe(0)
  })

  describe('says to have the link printed', () => {
    const link = () => new Secret(`https://portal.example.com/#${markedSecret('portal')}`)
    const hint = 'Print the link with --print and open it yourself.'

    test('where nothing opens a browser', async () => {
      process.env['PATH'] = folder
      await expect(openInBrowser(link(), () => {})).rejects.toMatchObject({
        code: 'invalid_request',
        message: 'Cannot open a browser: "xdg-open" is not installed.',
        hint,
      })
    })

    test('where no browser can be opened', async () => {
      install('exit 3')
      await expect(openInBrowser(link(), () => {})).rejects.toMatchObject({
        code: 'temporarily_unavailable',
        hint,
      })
    })
  })
})
