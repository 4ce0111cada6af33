import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { describe } from 'vitest'

/** A component that some tests use for real. */
export interface Component {
  readonly name: string
  /** What to do about its absence. */
  readonly install: string
  isThere(): boolean
}

function onPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK)
      return true
    } catch {
      // Not in this folder; the next one is tried.
      return false
    }
  })
}

const program = (name: string, install: string, ...programs: string[]): Component => ({
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

/**
 * A suite that needs real components: where one is missing it is reported as skipped with what to
 * install, and in CI it fails instead.
 */
export function describeWith(components: readonly Component[], name: string, body: () => void) {
  const missing = components.filter((component) => !component.isThere())
  if (missing.length === 0) return describe(name, body)
  const reason = missing.map(({ name, install }) => `${name} is missing: ${install}`).join('; ')
  if (process.env['CI']) throw new Error(`In CI nothing may be skipped. ${reason}`)
  return describe.skip(`${name} [skipped: ${reason}]`, body)
}
