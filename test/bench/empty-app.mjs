import electron from 'electron'

/*
 * What an app with a window and an icon costs that does nothing: the measure for the idle tray app.
 * SIGUSR2 hides its window.
 */

const { app, BrowserWindow, nativeImage, Tray } = electron

app.whenReady().then(() => {
  const tray = new Tray(nativeImage.createFromPath('build/icon.png'))
  tray.setToolTip('Nothing')
  const window = new BrowserWindow({ width: 380, height: 560 })
  window.loadURL('about:blank')
  process.on('SIGUSR2', () => window.hide())
})
