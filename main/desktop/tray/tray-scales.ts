interface Scale {
  readonly scaleFactor: number
  readonly file: string
}

/**
 * Which files an icon of the tray is made of. Windows takes the first alone, whatever the display, and scales it
 * (Electron's `NativeImage::GetHICON`): there that is the large one, because making it larger would blur it.
 */
export function trayScales(
  platform: NodeJS.Platform,
  once: string,
  twice: string,
): readonly [Scale, ...Scale[]] {
  if (platform === 'win32') return [{ scaleFactor: 1, file: twice }]
  return [
    { scaleFactor: 1, file: once },
    { scaleFactor: 2, file: twice },
  ]
}
