import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'
import { describe } from 'vitest'

/** A real component that some tests need. */
export interface Component {
  readonly name: string
  /** How to install it. */
  readonly install: string
  isThere(): boolean
}

function onPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK)
      return true
    } catch {
      // Not in this folder; try the next one.
      return false
    }
  })
}

export const program = (name: string, install: string, ...programs: string[]): Component => ({
  name,
  install,
  isThere: () => programs.every(onPath),
})

export const secretService: Component = program(
  'Secret Service',
  'apt install gnome-keyring dbus libsecret-1-0 libsecret-tools',
  'gnome-keyring-daemon',
  'dbus-daemon',
  'secret-tool',
)
export const curl: Component = program('curl', 'apt install curl', 'curl')
export const git: Component = program('git', 'apt install git', 'git')
export const docker: Component = program(
  'the command line of docker',
  'apt install docker.io',
  'docker',
)
export const zsh: Component = program('zsh', 'apt install zsh', 'zsh')
export const fish: Component = program('fish', 'apt install fish', 'fish')
export const manual: Component = program(
  'man with groff',
  'apt install groff man-db',
  'groff',
  'man',
)
export const prlimit: Component = program('prlimit', 'apt install util-linux', 'prlimit')
export const anotherUser: Component = {
  name: 'root, to act as another user',
  install: 'run the tests as root',
  isThere: () => process.getuid?.() === 0,
}
export const linuxProc: Component = {
  name: 'Linux',
  install: 'run the tests on Linux',
  isThere: () => process.platform === 'linux',
}

export const chromium: Component = program('Chromium', 'apt install chromium', 'chromium')
export const xServer: Component = program(
  'an X server',
  'apt install xvfb xclip util-linux',
  'Xvfb',
  'xclip',
  'setpriv',
)

export const inhibitor: Component = program(
  'systemd-inhibit',
  'apt install systemd',
  'systemd-inhibit',
)

/** A Python with Debian's modules; another one on the PATH may lack them. */
export function python(): string {
  return existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3'
}

const DEBIAN_MODULES = '/usr/lib/python3/dist-packages'

const pythonDbus: Component = {
  name: 'D-Bus for Python',
  install: 'apt install python3-dbus python3-gi',
  isThere: () =>
    ['dbus', 'gi'].every((module) => existsSync(path.join(DEBIAN_MODULES, module, '__init__.py'))),
}

/** The components of a desktop. */
export const desktop: readonly Component[] = [chromium, xServer, pythonDbus, secretService]

/**
 * A suite that needs real components: if one is missing, it is reported as skipped with what to
 * install; in CI it fails instead.
 */
export function describeWith(components: readonly Component[], name: string, body: () => void) {
  const missing = components.filter((component) => !component.isThere())
  if (missing.length === 0) return describe(name, body)
  const reason = missing.map(({ name, install }) => `${name} is missing: ${install}`).join('; ')
  if (process.env['CI']) throw new Error(`In CI nothing may be skipped. ${reason}`)
  return describe.skip(`${name} [skipped: ${reason}]`, body)
}
