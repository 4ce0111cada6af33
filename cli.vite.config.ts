import { chmodSync } from 'node:fs'
import path from 'node:path'
import { defineConfig } from 'vite'

const at = (relative: string) => path.resolve(import.meta.dirname, relative)

/**
 * The command line is one minified CommonJS file: Node 20 has no compile cache, and loading one
 * small script is most of what a call costs.
 */
export default defineConfig({
  publicDir: false,
  plugins: [
    {
      name: 'executable',
      // A link to it on the PATH must go on working after each build.
      writeBundle: ({ dir = '' }) => chmodSync(path.join(dir, 'tokentray.cjs'), 0o755),
    },
  ],
  build: {
    target: 'node20.19',
    ssr: true,
    minify: 'oxc',
    outDir: at('out/cli'),
    emptyOutDir: true,
    rolldownOptions: {
      input: { tokentray: at('main/cli/index.ts') },
      output: {
        format: 'cjs',
        entryFileNames: '[name].cjs',
        banner: '#!/usr/bin/env node',
        codeSplitting: false,
      },
    },
  },
  ssr: { noExternal: true },
})
