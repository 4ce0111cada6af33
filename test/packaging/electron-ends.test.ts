import { spawn } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { electronEnds, sandboxHelp } from '../../build/electron-ends.mjs'
import { makeTestFolder } from '../helpers/marks.ts'
import { describeWith, linuxProc } from '../helpers/needs.ts'

const UNUSABLE =
  '[9:1129/061500.1:FATAL:content/browser/zygote_host/zygote_host_impl_linux.cc:132] No usable sandbox! If you are running on Ubuntu 23.10+ …'
const MODE =
  '[9:1129/061500.1:FATAL:sandbox/linux/suid/client/setuid_sandbox_host.cc:166] The SUID sandbox helper binary was found, but is not configured correctly.'
const ROOT =
  '[9:1129/061500.1:FATAL:electron/shell/app/electron_main_delegate.cc:223] Running as root without --no-sandbox is not supported.'

describeWith([linuxProc], 'Electron, run to its end', () => {
  /** In its place a program that says something and comes to an end. */
  const run = (says: string, end: string) => {
    const folder = makeTestFolder('electron')
    const file = path.join(folder, 'electron')
    writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' '${says}' >&2\n${end}\n`)
    chmodSync(file, 0o755)
    return electronEnds(spawn(file, { stdio: ['ignore', 'ignore', 'pipe'] }))
  }

  it.each([UNUSABLE, MODE, ROOT])('is known to have no sandbox by "%s"', async (says) => {
    const ends = ['kill -TRAP $$', 'kill -ABRT $$', 'exit 133', 'exit 134']
    for (const end of ends) expect((await run(says, end)).hasNoSandbox).toBe(true)
  })

  it('does not blame the sandbox if Electron exits for another reason, or keeps running', async () => {
    expect(await run('FATAL: no GPU', 'kill -TRAP $$')).toEqual({ code: 1, hasNoSandbox: false })
    expect(await run('', 'exit 3')).toEqual({ code: 3, hasNoSandbox: false })
    expect(await run(UNUSABLE, 'exit 0')).toEqual({ code: 0, hasNoSandbox: false })
  })
})

it('says which two commands permit the sandbox, and tells root to use another user', () => {
  const help = sandboxHelp('/src/dist/electron', false)
  expect(help).toContain("sudo chown root:root '/src/dist/chrome-sandbox'")
  expect(help).toContain("sudo chmod 4755 '/src/dist/chrome-sandbox'")
  expect(help).toContain('Install the deb')
  expect(sandboxHelp('/src/dist/electron', true)).toBe(
    'Chromium has no sandbox for root. Start Tokentray as another user.',
  )
})
