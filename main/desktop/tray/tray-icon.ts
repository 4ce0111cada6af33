import { readFileSync } from 'node:fs'
import type { NativeImage } from 'electron'
import attentionTwice from '../../../build/tray/attention@2x.png?asset'
import attention from '../../../build/tray/attention.png?asset'
import attentionTemplateTwice from '../../../build/tray/attentionTemplate@2x.png?asset'
import attentionTemplate from '../../../build/tray/attentionTemplate.png?asset'
import fineTwice from '../../../build/tray/fine@2x.png?asset'
import fine from '../../../build/tray/fine.png?asset'
import fineTemplateTwice from '../../../build/tray/fineTemplate@2x.png?asset'
import fineTemplate from '../../../build/tray/fineTemplate.png?asset'
import lockedTwice from '../../../build/tray/locked@2x.png?asset'
import locked from '../../../build/tray/locked.png?asset'
import lockedTemplateTwice from '../../../build/tray/lockedTemplate@2x.png?asset'
import lockedTemplate from '../../../build/tray/lockedTemplate.png?asset'
import { trayScales } from './tray-scales.ts'
import type { TrayState } from './tray-state.ts'

type Files = Readonly<Record<TrayState, readonly [once: string, twice: string]>>

/** In colours that are visible on light and dark panels. */
const coloured: Files = {
  fine: [fine, fineTwice],
  attention: [attention, attentionTwice],
  locked: [locked, lockedTwice],
}

/** Black on transparent: macOS colours template images to match its menu bar. */
const templates: Files = {
  fine: [fineTemplate, fineTemplateTwice],
  attention: [attentionTemplate, attentionTemplateTwice],
  locked: [lockedTemplate, lockedTemplateTwice],
}

/** The icons by state. The build renames files, so `@2x` and `Template` must be set here. */
export function loadTrayIcons(
  native: { createEmpty(): NativeImage },
  platform: NodeJS.Platform,
): Readonly<Record<TrayState, NativeImage>> {
  const isMac = platform === 'darwin'
  const files = isMac ? templates : coloured
  const load = (state: TrayState): NativeImage => {
    const image = native.createEmpty()
    for (const { scaleFactor, file } of trayScales(platform, ...files[state])) {
      image.addRepresentation({ scaleFactor, buffer: readFileSync(file) })
    }
    if (isMac) image.setTemplateImage(true)
    return image
  }
  return { fine: load('fine'), attention: load('attention'), locked: load('locked') }
}
