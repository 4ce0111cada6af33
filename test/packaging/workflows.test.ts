import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { findActionlint } from './actionlint.ts'
import { output, root } from './packages.ts'

const folder = path.join(root, '.github/workflows')

const actionlint = findActionlint()

describe.each(readdirSync(folder))('the workflow %s', (file) => {
  const text = readFileSync(path.join(folder, file), 'utf8')
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0

  it('may do nothing by itself, and its jobs may only read', () => {
    expect(text).toContain('\npermissions: {}\n')
    expect(count(/^ {4}permissions:\n {6}contents: read\n/gm)).toBe(count(/^ {4}runs-on:/gm))
    expect(text).not.toMatch(/: write|secrets\.|pull_request_target/)
  })

  it('leaves no token in the checkout', () => {
    const checkout = /uses: actions\/checkout@v\d+\n +with:\n +persist-credentials: false\n/g
    expect(count(checkout)).toBe(count(/actions\/checkout/g))
  })

  it('installs without running scripts of packages', () => {
    expect(count(/npm ci\b(?! --ignore-scripts)/g)).toBe(0)
  })

  it('runs only scripts that there are', () => {
    const scripts = [...text.matchAll(/npm run (\w+)/g)].map(([, script = '']) => script)
    expect(scripts.filter((script) => !(script in manifest.scripts))).toEqual([])
  })

  it.skipIf(actionlint === null)('has nothing wrong for actionlint', async () => {
    expect(await output(actionlint ?? '', ['-no-color', path.join(folder, file)])).toBe('')
  })
})

describe('the packages that the workflow builds', () => {
  const text = readFileSync(path.join(folder, 'build.yml'), 'utf8')
  /** What is run on one system. */
  const stepsOn = (os: string) =>
    text.split(/^ {6}- /m).filter((step) => step.includes(`if: runner.os == '${os}'\n`))

  it.each([
    ['Linux', '/opt/Tokentray/tokentray-app'],
    ['Windows', 'dist/win-unpacked/tokentray-app.exe'],
    ['macOS', 'dist/mac*/Tokentray.app/Contents/MacOS/Tokentray'],
  ])('are started on %s', (os, program) => {
    expect(stepsOn(os).join('')).toContain(`node build/try-app.mjs ${program}\n`)
  })

  it('have a whole signature on macOS, before the app is started', () => {
    expect(stepsOn('macOS').join('')).toMatch(
      /codesign --verify --deep --strict .*\/Tokentray\.app\n *node build/,
    )
  })
})

describe('the specs in Electron', () => {
  const text = readFileSync(path.join(folder, 'build.yml'), 'utf8')

  it('have enough shared memory in their container', () => {
    expect(text).toMatch(/^ {6}options: .*--shm-size=1g$/m)
  })

  it('leave what failed ones saw where the workflow keeps it', () => {
    const [, kept] = /TOKENTRAY_TEST_FAILURES: (\S+)\n/.exec(text) ?? []
    expect(text).toContain(`if: failure()
        uses: actions/upload-artifact@v4
        with:
          name: failures-desktop
          path: ${kept}
`)
  })
})
