import path from 'node:path'
import { build } from 'vite'

/** Found from the root, also by what is built of this file, such as the benchmark. */
const at = (name: string) =>
  path.join(path.resolve(import.meta.dirname, '../..'), 'test', 'standin', name)

/** Builds the stand-in into a folder and resolves to the file that starts it in plain Node. */
export async function buildStandin(outDir: string): Promise<string> {
  const shared = { configFile: false, publicDir: false, logLevel: 'error' } as const
  for (const world of ['page-world', 'preload-world']) {
    await build({
      ...shared,
      build: {
        outDir,
        emptyOutDir: false,
        minify: false,
        rolldownOptions: {
          input: at(`${world}.ts`),
          preserveEntrySignatures: 'strict',
          output: { format: 'iife', name: 'standin', entryFileNames: `${world}.js` },
        },
      },
    })
  }
  await build({
    ...shared,
    // The output folder has no packages.
    ssr: { noExternal: ['pngjs'] },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: false,
      target: 'node20.19',
      rolldownOptions: {
        input: {
          run: at('run.ts'),
          electron: at('electron.ts'),
          utility: at('utility.ts'),
          'key-grabs': at('key-grabs.ts'),
        },
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  })
  return path.join(outDir, 'run.mjs')
}

/** The helper that talks to the session bus for it. */
export const busHelper: string = at('session-bus.py')
