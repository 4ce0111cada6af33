interface Scale {
  readonly scaleFactor: number
  readonly file: string
}

/**
 * The files that a tray icon is made of. Windows uses only the first one on any display and scales it
 * (Electron's `NativeImage::GetHICON`), so there it is the large one: scaling up would blur the icon.
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
