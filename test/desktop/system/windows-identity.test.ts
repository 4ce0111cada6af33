import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { nameForWindows } from '../../../main/desktop/system/windows-identity.ts'

/** What Electron is called with on a platform. */
function told(platform: NodeJS.Platform): readonly string[] {
  const names: string[] = []
  nameForWindows(
    {
      setAppUserModelId: (id) => names.push(id),
      setToastActivatorCLSID: (id) => names.push(id),
    },
    platform,
  )
  return names
}

it("has the id of the installer's shortcut on Windows", () => {
  const builder = readFileSync(path.resolve('electron-builder.yml'), 'utf8')
  const [, appId] = /^appId: (\S+)$/m.exec(builder) ?? []
  expect(told('win32')[0]).toBe(appId)
})

it('has the same activator in every run on Windows', () => {
  const [, activator] = told('win32')
  expect(activator).toMatch(/^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/)
  expect(told('win32')[1]).toBe(activator)
})

it.each(['linux', 'darwin'] as const)('has no such id on %s', (platform) => {
  expect(told(platform)).toEqual([])
})
