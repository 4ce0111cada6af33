import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { root } from './packages.ts'

const folder = path.join(root, '.github/workflows')

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
})
