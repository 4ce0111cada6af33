import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { defineConfig } from 'vite'
import project from './package.json' with { type: 'json' }

const at = (relative: string) => path.resolve(import.meta.dirname, relative)

/** What both builds share: programs for Node, each bundled with the libraries that it uses. */
const forNode = { target: 'node20.19', ssr: true, emptyOutDir: true } as const

/**
 * The command line is one minified CommonJS file: Node 20 has no compile cache, and loading one
 * small script is most of what a call costs.
 */
const commandLine = defineConfig({
  publicDir: false,
  plugins: [
    {
      name: 'executable',
      writeBundle: ({ dir = '' }) => {
        for (const file of Object.values(project.bin).map((each) => path.basename(each))) {
          // The command line finds out under which name it was called.
          const script = `#!/usr/bin/env node\nrequire('./tokentray.cjs')\n`
          if (file !== 'tokentray.cjs') writeFileSync(path.join(dir, file), script)
          // A link to it on the PATH must keep working after each build.
          chmodSync(path.join(dir, file), 0o755)
        }
      },
    },
  ],
  build: {
    ...forNode,
    minify: 'oxc',
    outDir: at('out/cli'),
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

/** Programs for developers, run from the checkout and never packaged. */
const programs = defineConfig({
  publicDir: false,
  build: {
    ...forNode,
    outDir: at('out/programs'),
    rolldownOptions: {
      input: {
        demo: at('test/demo/demo.ts'),
        bench: at('test/bench/bench.ts'),
        screenshots: at('test/screenshots/screenshots.ts'),
        mutants: at('test/mutants/run.ts'),
        dev: at('test/dev/dev.ts'),
        standin: at('test/standin/build.ts'),
        'bare-server': at('test/bench/bare-server.ts'),
      },
      // Beside the programs, because some find files of the project from where they are.
      output: { chunkFileNames: '[name]-[hash].js' },
    },
  },
  ssr: {
    noExternal: true,
    // These look for files of their own beside them.
    external: ['vite', '@vitejs/plugin-react', 'playwright-core', 'vitest'],
  },
})

/** `vite build` builds the command line, `vite build --mode programs` the programs for developers. */
export default defineConfig(({ mode }) => (mode === 'programs' ? programs : commandLine))
