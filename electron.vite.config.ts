import path from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { licenses } from './build/licenses.mjs'

/** How long our few plugins take, which the build would remark on a slow machine, is of no use to a user. */
const checks = { pluginTimings: false }
const at = (relative: string) => path.resolve(import.meta.dirname, relative)

export default defineConfig({
  main: {
    // The keychain library is shipped beside the bundle.
    plugins: [licenses([at('node_modules/keytar')])],
    build: {
      // One target for Electron and for plain Node 20, because the agent runs the same broker. Not
      // minified: that would save 2 MB and about 0.13 s of the start, but the log gives the places of
      // unexpected errors, which would then have neither names nor lines.
      target: 'node20.19',
      externalizeDeps: true,
      rolldownOptions: {
        checks,
        input: {
          index: at('main/index.ts'),
          agent: at('main/agent.ts'),
          'keychain-process': at('main/keychain-process.ts'),
        },
      },
    },
  },
  preload: {
    build: {
      target: 'node20.19',
      // A sandboxed preload must be CommonJS and can require only electron.
      externalizeDeps: false,
      rolldownOptions: {
        checks,
        input: { index: at('preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    plugins: [react(), licenses()],
    build: {
      target: 'chrome150',
      minify: 'oxc',
      rolldownOptions: { checks, input: { index: at('renderer/index.html') } },
    },
  },
})
