import { expect, it } from 'vitest'
import { createMemorySettings } from '../../main/settings/memory-settings.ts'
import { defaultSettings } from '../../main/settings/schema.ts'

it('keeps what update makes, and nothing else', () => {
  const settings = createMemorySettings()
  settings.update((old) => ({ ...old, port: 4711 }))
  expect(settings.read()).toEqual({ ...defaultSettings, port: 4711 })
  expect(() => Object.assign(settings.read(), { port: 1 })).toThrow(TypeError)
  expect(createMemorySettings().read()).toEqual(defaultSettings)
})

it('rejects what violates the schema', () => {
  const settings = createMemorySettings()
  expect(() => settings.update((old) => ({ ...old, port: -1 }))).toThrow()
  expect(settings.read().port).toBeNull()
})
