import path from 'node:path'
import { defineConfig } from 'vite'

const at = (relative: string) => path.resolve(import.meta.dirname, relative)

/** The demo, the benchmark, the screenshots, the window in a browser and the broken promises: run from the checkout, never packaged. */
export default defineConfig({
  publicDir: false,
  build: {
    target: 'node20.19',
    ssr: true,
    outDir: at('out/programs'),
    emptyOutDir: true,
    rolldownOptions: {
      input: {
        demo: at('test/demo/demo.ts'),
        bench: at('test/bench/bench.ts'),
        screenshots: at('test/screenshots/screenshots.ts'),
        mutants: at('test/mutants/run.ts'),
        dev: at('test/dev/dev.ts'),
        'bare-server': at('test/bench/bare-server.ts'),
      },
    },
  },
  // These find files of their own beside them.
  ssr: {
    noExternal: true,
    external: ['vite', '@vitejs/plugin-react', 'playwright-core', 'vitest'],
  },
})
