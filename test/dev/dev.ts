import path from 'node:path'
import react from '@vitejs/plugin-react'
import { createServer } from 'vite'
import { channels } from '../../preload/contract.ts'
import { installBridge } from '../renderer/fixture-bridge/install.ts'
import { scenes } from '../renderer/fixture-bridge/scenes.ts'
import { NOW } from '../renderer/fixture-bridge/snapshots.ts'

const root = process.cwd()

/** Runs in the page before its scripts and sets up the scene in the URL. */
function scriptFor(url = ''): string {
  const name = new URL(url, 'http://127.0.0.1').searchParams.get('scene')
  const scene = scenes.find((each) => each.name === name) ?? scenes[0]
  const data = { snapshot: scene?.snapshot, answers: scene?.answers ?? {}, channels }
  // The scenes show one moment, from which the clock continues here.
  const clock = `const now = Date.now, ahead = ${NOW} - now(); Date.now = () => now() + ahead`
  const text = JSON.stringify(data).replaceAll('<', '\\u003c')
  return `{ ${clock} }\n;(${installBridge})(${text})`
}

/** `npm run dev`: the window in a browser with made-up scenes, redrawn with each change. */
const server = await createServer({
  configFile: false,
  root: path.join(root, 'renderer'),
  plugins: [
    react(),
    {
      name: 'scene',
      transformIndexHtml: (_html, { originalUrl }) => [
        { tag: 'script', children: scriptFor(originalUrl), injectTo: 'head-prepend' },
      ],
    },
  ],
  server: { host: '127.0.0.1', fs: { allow: [root] } },
})
await server.listen()
const [address = ''] = server.resolvedUrls?.local ?? []
const names = scenes.map(({ name }) => name).join(', ')
process.stdout.write(`${address}\nWith ?scene=NAME behind it, one of: ${names}\n`)
