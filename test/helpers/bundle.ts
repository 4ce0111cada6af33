import path from 'node:path'
import { build } from 'vite'
import { makeTestFolder } from './marks.ts'

/** Bundles a TypeScript file into one that plain Node runs, for tests that need real processes. */
export async function bundleForNode(entry: string): Promise<string> {
  const outDir = makeTestFolder('bundle')
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      outDir,
      target: 'node20.19',
      rolldownOptions: { output: { entryFileNames: 'bundle.mjs', codeSplitting: false } },
    },
  })
  return path.join(outDir, 'bundle.mjs')
}
