import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { type Ended, environment, Running } from '../cli/built-cli.ts'
import { makeTestFolder } from '../helpers/marks.ts'
import { root } from './packages.ts'

const SERVES = path.join(root, 'out/cli/tokentray.cjs')

/** Tries a program as the workflow tries the packaged app. */
const tryApp = (...command: readonly string[]): Promise<Ended> =>
  new Running(process.execPath, [path.join(root, 'build/try-app.mjs'), ...command], {
    env: environment(makeTestFolder('home')),
  }).ended

function makeProgram(...lines: readonly string[]): string {
  const file = path.join(makeTestFolder('app'), 'app')
  writeFileSync(file, `#!/bin/sh\n${lines.join('\n')}\n`)
  chmodSync(file, 0o755)
  return file
}

describe('a packaged app that is tried', () => {
  it('has served, gone on and ended in order', async () => {
    const { exit, stdout, stderr } = await tryApp(process.execPath, SERVES, 'serve', '--memory')
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    expect(stdout).toMatch(/ served at http:\/\/127\.0\.0\.1:\d+\.\n$/)
  })

  it('fails, with what it said, if it ends by itself', async () => {
    const { exit, stderr } = await tryApp(makeProgram('echo "cannot load" >&2', 'kill -KILL $$'))
    expect(exit).toBe(1)
    expect(stderr).toContain('it exited with SIGKILL')
    expect(stderr).toContain('cannot load')
  })

  it('fails if it ends soon after it has begun to serve', async () => {
    const dies = makeProgram(
      'mkdir -p "$TOKENTRAY_HOME/run"',
      `echo '{"issuer":"http://127.0.0.1:9","version":"${manifest.version}"}' > "$TOKENTRAY_HOME/run/endpoint.json"`,
      'sleep 1; exit 0',
    )
    const { exit, stderr } = await tryApp(dies)
    expect(exit).toBe(1)
    expect(stderr).toContain('it exited with 0')
    expect(stderr).toContain('endpoint.json')
  })
})
