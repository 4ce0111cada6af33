import { execFile } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { createLoginItem } from '../../../main/desktop/system/login-item.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { type Component, describeWith } from '../../helpers/needs.ts'

const run = promisify(execFile)

const program = (name: string, install: string): Component => ({
  name,
  install,
  isThere: () =>
    (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(path.join(folder, name))),
})
const gio = program('gio', 'apt install libglib2.0-bin')
const desktopFileValidate = program('desktop-file-validate', 'apt install desktop-file-utils')

/** A login item of Electron that must not be used. */
const nobody = {
  getLoginItemSettings: () => {
    throw new Error('Linux has none.')
  },
  setLoginItemSettings: () => {
    throw new Error('Linux has none.')
  },
}

/** Every character with a meaning in a desktop entry or in a shell that starts it. */
const ODD = 'a b"c\\d$e`f%g%U\'h~i&j;k|l#m(n)'

describe('start at login on Linux', () => {
  let config: string
  const file = () => path.join(config, 'autostart', 'tokentray.desktop')
  const open = (
    exec: readonly [string, ...string[]] = ['/opt/Tokentray/tokentray'],
    env: Readonly<Record<string, string>> = {},
  ) =>
    createLoginItem({
      platform: 'linux',
      app: nobody,
      env: { XDG_CONFIG_HOME: config, ...env },
      exec,
    })
  const entry = () => readFileSync(file(), 'utf8')
  const edit = (change: (text: string) => string) => writeFileSync(file(), change(entry()))

  beforeEach(() => {
    config = makeTestFolder('config')
  })

  it('is off until it is switched on, and off again', () => {
    const item = open()
    expect(item.isOn()).toBe(false)
    item.set(true)
    expect([item.isOn(), open().isOn()]).toEqual([true, true])
    item.set(false)
    item.set(false)
    expect(item.isOn()).toBe(false)
    expect(existsSync(file())).toBe(false)
  })

  it('is an entry that starts the installed program', () => {
    open().set(true)
    expect(entry()).toContain('\nExec="/opt/Tokentray/tokentray"\n')
    expect(entry()).toContain('\nTryExec=/opt/Tokentray/tokentray\n')
    // The name that the packages install (executableName in electron-builder.yml).
    expect(entry()).toContain('\nIcon=tokentray-app\n')
    expect(statSync(file()).mode & 0o777).toBe(0o644)
  })

  it('escapes twice, for the argument and for the value, as specified', () => {
    open(['/opt/a\\b', '$HOME `id` "x" 100%', 'a\tb\nc']).set(true)
    expect(entry().split('\n')).toEqual(
      expect.arrayContaining([
        'Exec="/opt/a\\\\\\\\b" "\\\\$HOME \\\\`id\\\\` \\\\"x\\\\" 100%%" "a\\tb\\nc"',
        'TryExec=/opt/a\\\\b',
      ]),
    )
  })

  it('starts an AppImage by its file, not its mount point', () => {
    open(['/tmp/.mount_Token/tokentray', '--flag'], { APPIMAGE: '/home/a b/Token.AppImage' }).set(
      true,
    )
    expect(entry()).toContain('\nExec="/home/a b/Token.AppImage" "--flag"\n')
    expect(entry()).not.toContain('.mount_Token')
  })

  it('starts the app in development by its arguments', () => {
    open(['/opt/electron', '/opt/my app']).set(true)
    expect(entry()).toContain('\nExec="/opt/electron" "/opt/my app"\n')
  })

  it('is in the home folder if XDG_CONFIG_HOME is not set or not absolute', () => {
    for (const folder of ['', 'relative']) {
      const home = makeTestFolder('home')
      open(undefined, { XDG_CONFIG_HOME: folder, HOME: home }).set(true)
      expect(readdirSync(path.join(home, '.config', 'autostart'))).toEqual(['tokentray.desktop'])
    }
  })

  it.each([
    ['Hidden=true', 'X-GNOME-Autostart-enabled=true'],
    ['Hidden = true ', 'X-GNOME-Autostart-enabled=true'],
    ['X-GNOME-Autostart-enabled=false', 'X-GNOME-Autostart-enabled=true'],
  ])('is off if another program has written %s, until it is turned on here', (line, was) => {
    const item = open()
    item.set(true)
    edit((text) => text.replace(was, line))
    expect(item.isOn()).toBe(false)
    item.set(true)
    expect(item.isOn()).toBe(true)
  })

  it('is on if only another group of the entry says otherwise', () => {
    const item = open()
    item.set(true)
    edit((text) => `${text}\n[Desktop Action quit]\nHidden=true\n`)
    expect(item.isOn()).toBe(true)
  })

  it.each(['', 'nothing of the kind'])('is off if the entry is %j', (content) => {
    mkdirSync(path.dirname(file()), { recursive: true })
    writeFileSync(file(), content)
    expect(open().isOn()).toBe(false)
  })

  it('replaces the whole entry, and leaves no temporary file', () => {
    open().set(true)
    const before = statSync(file()).ino
    open(['/opt/other']).set(true)
    expect(statSync(file()).ino).not.toBe(before)
    expect(readdirSync(path.dirname(file()))).toEqual(['tokentray.desktop'])
  })

  it('is refused for a link, which stays', () => {
    const target = path.join(config, 'mine.desktop')
    mkdirSync(path.dirname(file()), { recursive: true })
    writeFileSync(target, 'mine')
    symlinkSync(target, file())
    for (const on of [true, false]) {
      expect(() => open().set(on)).toThrow(expect.objectContaining({ code: 'record_unavailable' }))
    }
    expect(readFileSync(file(), 'utf8')).toBe('mine')
  })

  it('throws record_unavailable if it cannot be written, and changes nothing', () => {
    mkdirSync(file(), { recursive: true })
    expect(() => open().set(true)).toThrow(expect.objectContaining({ code: 'record_unavailable' }))
    expect(readdirSync(path.dirname(file()))).toEqual(['tokentray.desktop'])
  })

  describeWith([gio], 'read by GLib, as GNOME and others do', () => {
    it('starts exactly the program with exactly the arguments, whatever characters they contain', async () => {
      // GLib looks up the program before it unescapes `%`, so a path with `%` cannot be written.
      const folder = path.join(makeTestFolder('programs'), ODD.replaceAll('%', ''))
      mkdirSync(folder)
      const script = path.join(folder, 'start')
      const seen = path.join(makeTestFolder('seen'), 'seen')
      writeFileSync(
        script,
        `#!/bin/sh\nprintf '%s\\n' "$0" "$@" > ${seen}.part\nmv ${seen}.part ${seen}\n`,
      )
      chmodSync(script, 0o755)
      open([script, ODD, '--flag=1']).set(true)
      const env = {
        PATH: process.env['PATH'],
        HOME: config,
        DBUS_SESSION_BUS_ADDRESS: 'unix:path=/none',
      }
      await run('gio', ['launch', file()], { env, timeout: 10_000 })
      for (let tries = 0; !existsSync(seen) && tries < 250; tries += 1) await wait(20)
      expect(readFileSync(seen, 'utf8').split('\n')).toEqual([script, ODD, '--flag=1', ''])
    })
  })

  describeWith([desktopFileValidate], 'checked against the specification', () => {
    it.each([['/opt/Tokentray/tokentray'], [`/opt/${ODD}`]])('is valid for %s', async (name) => {
      open([name, ODD]).set(true)
      expect(await run('desktop-file-validate', [file()])).toEqual({ stdout: '', stderr: '' })
    })
  })
})

describe('start at login elsewhere', () => {
  const settings = { openAtLogin: true, executableWillLaunchAtLogin: true }

  function open(platform: 'darwin' | 'win32', found: object = settings) {
    const calls: unknown[] = []
    const item = createLoginItem({
      platform,
      env: {},
      exec: ['C:\\Program Files\\Tokentray\\tokentray.exe', '--flag a'],
      app: {
        getLoginItemSettings: (options) => {
          calls.push(options)
          return {
            ...settings,
            wasOpenedAtLogin: false,
            status: 'enabled',
            launchItems: [],
            ...found,
          }
        },
        setLoginItemSettings: (options) => calls.push(options),
      },
    })
    return { item, calls }
  }

  it('is what macOS reports, and is set there without a path', () => {
    const { item, calls } = open('darwin', { executableWillLaunchAtLogin: undefined })
    expect(item.isOn()).toBe(true)
    item.set(false)
    expect(calls).toEqual([{}, { openAtLogin: false }])
    expect(open('darwin', { openAtLogin: false }).item.isOn()).toBe(false)
  })

  it('is read and set by program and arguments on Windows', () => {
    const { item, calls } = open('win32')
    expect(item.isOn()).toBe(true)
    item.set(true)
    const which = { path: '"C:\\Program Files\\Tokentray\\tokentray.exe"', args: ['--flag a'] }
    expect(calls).toEqual([which, { ...which, openAtLogin: true }])
  })

  it('is off on Windows if it was disabled in Task Manager', () => {
    expect(open('win32', { executableWillLaunchAtLogin: false }).item.isOn()).toBe(false)
  })
})
