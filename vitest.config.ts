import { defineConfig } from 'vitest/config'
import { measureSlowness } from './test/helpers/slowness.ts'

// Once for the whole run: a wait must not be cut off by a limit that was measured at another time.
const slowness = measureSlowness()

export default defineConfig({
  test: {
    environment: 'node',
    // Each file in a process of its own: environment variables reach native code (D-Bus) there.
    pool: 'forks',
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
      {
        // The tray app once more, as it is in a Wayland session.
        extends: true,
        test: {
          name: 'wayland',
          include: ['test/flows/desktop-*.test.ts'],
          env: { TOKENTRAY_TEST_SESSION: 'wayland' },
        },
      },
    ],
  },
})
