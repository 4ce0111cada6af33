import { register } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from './app.ts'
import { complain } from './basics.ts'
import { listenToParent } from './control.ts'
import { dialog } from './dialog.ts'

/*
 * Starts the app as `electron .` does: node run.mjs MAIN [ARGUMENTS]. The app's own `import 'electron'` gets
 * the stand-in next to this file; nothing else of the app is changed.
 */

const standin = pathToFileURL(path.join(import.meta.dirname, 'electron.mjs')).href
const hook = `export async function resolve(name, context, next) {
  const isOurs = name === 'electron' || name === 'electron/main'
  return isOurs ? { url: ${JSON.stringify(standin)}, shortCircuit: true } : next(name, context)
}`
register(`data:text/javascript,${encodeURIComponent(hook)}`)

Object.defineProperty(process.versions, 'electron', { value: '45.0.0-standin' })
const [, , main = ''] = process.argv
process.argv.splice(1, 2, path.resolve('.'))
listenToParent()
// As Electron does on POSIX.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit())
// As Electron without a listener: an error box, and the process continues (lib/browser/init.ts).
process.on('uncaughtException', (error) => {
  if (process.listenerCount('uncaughtException') > 1) return
  dialog.showErrorBox('A JavaScript error occurred in the main process', error.stack ?? '')
})
process.on('exit', () => {
  if (!app.isReady()) complain('the main module was not loaded to its end')
})
await import(pathToFileURL(path.resolve(main)).href)
app.becomeReady()
