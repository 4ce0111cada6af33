import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { makeTestFolder } from '../helpers/marks.ts'
import { describeWith, linuxProc } from '../helpers/needs.ts'
import { root } from './packages.ts'

const profile = path.join(root, 'build/linux/tokentray.apparmor')
/** What builder makes of it for the deb is known to load on Ubuntu. */
const ofDeb = path.join(root, 'node_modules/app-builder-lib/templates/linux/apparmor-profile.tpl')

/** The one command of the papers. */
function documented(): string {
  const text = readFileSync(path.join(root, 'docs/troubleshooting.md'), 'utf8')
  const [command = ''] = /^ *sed .*tokentray\.apparmor.*$/m.exec(text) ?? []
  return command.trim()
}

const rules = (text: string) => text.split('\n').filter((line) => !/^\s*#|^\s*$/.test(line))

describeWith([linuxProc], 'the profile for AppArmor in the tar.gz', () => {
  it('is installed by the documented command for the folder that it lies in, and says what the one of the deb says', () => {
    const folder = path.join(makeTestFolder('unpacked'), 'token tray')
    const bin = path.join(folder, 'bin')
    mkdirSync(bin, { recursive: true })
    copyFileSync(profile, path.join(folder, 'tokentray.apparmor'))
    writeFileSync(
      path.join(bin, 'sudo'),
      '#!/bin/sh\n[ "$1" = tee ] && exec cat >"$HOME/$(basename "$2")"\necho "$@" >"$HOME/ran"\n',
    )
    chmodSync(path.join(bin, 'sudo'), 0o755)
    const env = { PATH: `${bin}:${process.env['PATH']}`, HOME: folder }
    execFileSync('/bin/sh', ['-c', documented()], { cwd: folder, env })

    const installed = readFileSync(path.join(folder, 'tokentray-folder'), 'utf8')
    const expected = readFileSync(ofDeb, 'utf8')
      .replace(/\/opt\/\$\{sanitizedProductName\}\/\$\{executable\}/, `${folder}/tokentray-app`)
      .replace(/\$\{executable\}/g, 'tokentray-folder')
    expect(rules(installed)).toEqual(rules(expected))
    expect(readFileSync(path.join(folder, 'ran'), 'utf8')).toBe(
      'apparmor_parser --replace /etc/apparmor.d/tokentray-folder\n',
    )
  })

  it('has the same command in itself', () => {
    expect(readFileSync(profile, 'utf8')).toContain(`#   ${documented()}\n`)
  })
})
