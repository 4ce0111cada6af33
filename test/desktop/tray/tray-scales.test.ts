import { readFileSync } from 'node:fs'
import path from 'node:path'
import { PNG } from 'pngjs'
import { expect, it } from 'vitest'
import { trayScales } from '../../../main/desktop/tray/tray-scales.ts'

const tray = path.resolve('build/tray')
const widthOf = (file: string) => PNG.sync.read(readFileSync(path.join(tray, file))).width

it('is never scaled up on Windows, which uses one image for every display', () => {
  const scales = trayScales('win32', 'fine.png', 'fine@2x.png')
  expect(scales.map(({ scaleFactor }) => scaleFactor)).toEqual([1])
  // A tray icon has 16 pixels at 100 %, and 48 at 300 %.
  expect(widthOf(scales[0].file)).toBeGreaterThanOrEqual(48)
})

it.each(['linux', 'darwin'] as const)('exists in both sizes on %s', (platform) => {
  expect(trayScales(platform, 'once', 'twice')).toEqual([
    { scaleFactor: 1, file: 'once' },
    { scaleFactor: 2, file: 'twice' },
  ])
})
