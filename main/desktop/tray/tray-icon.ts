import { readFileSync } from 'node:fs'
import type { NativeImage } from 'electron'
import attentionTwice from '../../../build/tray/attention@2x.png?asset'
import attention from '../../../build/tray/attention.png?asset'
import attentionTemplateTwice from '../../../build/tray/attentionTemplate@2x.png?asset'
import attentionTemplate from '../../../build/tray/attentionTemplate.png?asset'
import copiedTwice from '../../../build/tray/copied@2x.png?asset'
import copied from '../../../build/tray/copied.png?asset'
import copiedTemplateTwice from '../../../build/tray/copiedTemplate@2x.png?asset'
import copiedTemplate from '../../../build/tray/copiedTemplate.png?asset'
import fineTwice from '../../../build/tray/fine@2x.png?asset'
import fine from '../../../build/tray/fine.png?asset'
import fineTemplateTwice from '../../../build/tray/fineTemplate@2x.png?asset'
import fineTemplate from '../../../build/tray/fineTemplate.png?asset'
import lockedTwice from '../../../build/tray/locked@2x.png?asset'
import locked from '../../../build/tray/locked.png?asset'
import lockedTemplateTwice from '../../../build/tray/lockedTemplate@2x.png?asset'
import lockedTemplate from '../../../build/tray/lockedTemplate.png?asset'
import { trayScales } from './tray-scales.ts'
import type { TrayImage } from './tray-state.ts'

type Files = Readonly<Record<TrayImage, readonly [once: string, twice: string]>>

/** In colours that are visible on light and dark panels. */
const coloured: Files = {
  fine: [fine, fineTwice],
  attention: [attention, attentionTwice],
  locked: [locked, lockedTwice],
  copied: [copied, copiedTwice],
}

/** Black on transparent: macOS colours template images to match its menu bar. */
const templates: Files = {
  fine: [fineTemplate, fineTemplateTwice],
  attention: [attentionTemplate, attentionTemplateTwice],
  locked: [lockedTemplate, lockedTemplateTwice],
  copied: [copiedTemplate, copiedTemplateTwice],
}

/** The icons by what they show. The build renames files, so `@2x` and `Template` must be set here. */
export function loadTrayIcons(
  native: { createEmpty(): NativeImage },
  platform: NodeJS.Platform,
): Readonly<Record<TrayImage, NativeImage>> {
  const isMac = platform === 'darwin'
  const files = isMac ? templates : coloured
  const load = (name: TrayImage): NativeImage => {
    const image = native.createEmpty()
    for (const { scaleFactor, file } of trayScales(platform, ...files[name])) {
      image.addRepresentation({ scaleFactor, buffer: readFileSync(file) })
    }
    if (isMac) image.setTemplateImage(true)
    return image
  }
  return {
    ...{ fine: load('fine'), attention: load('attention') },
    ...{ locked: load('locked'), copied: load('copied') },
  }
}
