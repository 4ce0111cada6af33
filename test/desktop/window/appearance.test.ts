import { expect, it } from 'vitest'
import { watchAppearance } from '../../../main/desktop/window/appearance.ts'
import { makeSnapshot } from '../samples.ts'

it('applies theme and size once each time they change', () => {
  const done: unknown[] = []
  const nativeTheme = {
    get themeSource(): 'system' | 'light' | 'dark' {
      return 'system'
    },
    set themeSource(theme) {
      done.push(theme)
    },
  }
  const watch = watchAppearance({ nativeTheme, zoomTo: (factor) => done.push(factor) })
  const { preferences } = makeSnapshot()
  const show = (change: Partial<typeof preferences>) =>
    watch({ preferences: { ...preferences, ...change } })

  show({})
  expect(done).toEqual([])
  show({ theme: 'dark', zoom: 150 })
  show({ theme: 'dark', zoom: 150 })
  expect(done).toEqual(['dark', 1.5])
  show({})
  expect(done).toEqual(['dark', 1.5, 'system', 1])
})
