import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { root } from './packages.ts'

const builder = readFileSync(path.join(root, 'electron-builder.yml'), 'utf8')

/** The lines below a key of the top. */
function section(key: string): string {
  const [, lines = ''] = new RegExp(`^${key}:\\n((?: .*\\n|\\n)+)`, 'm').exec(builder) ?? []
  return lines
}

describe('the app for macOS', () => {
  it('is signed ad hoc after its fuses, without which Apple Silicon kills it', () => {
    expect(section('electronFuses')).not.toBe('')
    expect(section('mac')).toMatch(/^ {2}identity: "-"$/m)
  })

  it('may load the libraries that no team has signed, as builder lets it by itself', () => {
    expect(section('mac')).not.toMatch(/entitlements/)
    const theirs = path.join(root, 'node_modules/app-builder-lib/templates/entitlements.mac.plist')
    expect(readFileSync(theirs, 'utf8')).toContain(
      '<key>com.apple.security.cs.disable-library-validation</key>\n    <true/>',
    )
  })
})

it('has one name in package.json, which Electron reads, and in the packages', () => {
  expect(builder).toContain(`\nproductName: ${manifest.productName}\n`)
})

it('is installed where its paper says', () => {
  // A per-user installer uses the package's name for the folder, not the product's.
  expect(section('nsis')).toMatch(/perMachine: false/)
  const paper = readFileSync(path.join(root, 'docs/install.md'), 'utf8')
  expect(paper).toContain(`%LOCALAPPDATA%\\Programs\\${manifest.name}`)
})
