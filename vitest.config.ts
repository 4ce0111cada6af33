import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { findElectron } from './test/helpers/desktop-electron.ts'
import { measureSlowness } from './test/helpers/slowness.ts'

// Once for the whole run: a wait must not be cut off by a limit that was measured at another time.
const slowness = measureSlowness()

/** The tray app once more, over the stand-in as it is in a Wayland session. */
const wayland = {
  extends: true as const,
  test: {
    name: 'wayland',
    include: ['test/flows/desktop-*.test.ts'],
    env: { TOKENTRAY_TEST_SESSION: 'wayland' },
  },
}

export default defineConfig({
  test: {
    environment: 'node',
    // Each file in a process of its own: environment variables reach native code (D-Bus) there.
    pool: 'forks',
    // Vitest leaves one processor to itself, and most of these tests wait for a process or a clock.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/helpers/deny-network.ts'],
    reporters: ['default', './test/reporter.ts'],
    testTimeout: 60_000 * slowness,
    hookTimeout: 60_000 * slowness,
    expect: { poll: { timeout: 10_000 * slowness } },
    env: {
      // A stray import of the real package must never start a download.
      ELECTRON_OVERRIDE_DIST_PATH: process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '/nonexistent',
      TOKENTRAY_TEST_SLOWNESS: String(slowness),
      TZ: 'UTC',
      LC_ALL: 'C',
    },
    projects: [
      {
        extends: true,
        test: { name: 'all', include: ['test/**/*.test.ts', 'test/**/*.test.tsx'] },
      },
      // Electron's own binary would look for a compositor, and there is none.
      ...(findElectron() ? [] : [wayland]),
    ],
  },
})
