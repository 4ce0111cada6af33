import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { defineConfig } from 'vitest/config'
import { findElectron } from './test/helpers/desktop-electron.ts'
import { measureSlowness } from './test/helpers/slowness.ts'

// Measured once for the whole run, so that waits and limits are scaled by the same factor.
const slowness = measureSlowness()

/** The tray app's flows a second time, with the stand-in in a Wayland session. */
const wayland = {
  extends: true as const,
  test: {
    name: 'wayland',
    include: ['test/flows/desktop-*.test.ts'],
    env: { TOKENTRAY_TEST_SESSION: 'wayland' },
  },
}

const folder = path.join(import.meta.dirname, 'test')
const tests = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.test\.tsx?$/.test(file),
)

/** Tests that run built programs or browsers, or thousands of requests. */
const FLOWS =
  /^(?:flows|renderer|clients|packaging|standin|real|providers\/contract|docs)\/|\/(?:lost-tokens|audit-turns)\./

/** Tests that wait in real time: for limits of the server, a command that asks again, or a heap that may grow. */
const WAITS =
  /^(?:broker\/memory|broker\/concurrency\/bulk|cli\/api\/api|cli\/commands\/under-way|loopback\/http\/guarded-server)\./

/** What a test has that starts a program, needs a component of the machine or replaces a module. */
const STARTS_PROGRAMS =
  /helpers\/(?:needs|full-pipe|file-limit|key-ring|small-disk|keychain-process)\.ts|built-cli\.ts|node:child_process|vi\.(?:mock|hoisted)\(/

/**
 * `--mode unit`: tests that start no programs and wait for no clock, within a minute. The files of one worker share their modules,
 * because loading these again for each file takes as long as all tests together.
 */
const unit = {
  extends: true as const,
  test: {
    name: 'unit',
    isolate: false,
    include: tests
      .filter((file) => !FLOWS.test(file) && !WAITS.test(file))
      .filter((file) => !STARTS_PROGRAMS.test(readFileSync(path.join(folder, file), 'utf8')))
      .map((file) => `test/${file}`),
  },
}

export default defineConfig(({ mode }) => ({
  test: {
    environment: 'node',
    // Each file in its own process, where environment variables reach native code (D-Bus).
    pool: 'forks',
    // More than processors where these are few: most tests wait for a process or a clock.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/helpers/deny-network.ts'],
    reporters: ['default', './test/reporter.ts'],
    testTimeout: 60_000 * slowness,
    hookTimeout: 60_000 * slowness,
    expect: { poll: { timeout: 10_000 * slowness } },
    env: {
      // Importing the real package by mistake must never start a download.
      ELECTRON_OVERRIDE_DIST_PATH: process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '/nonexistent',
      TOKENTRAY_TEST_SLOWNESS: String(slowness),
      TZ: 'UTC',
      LC_ALL: 'C',
    },
    projects:
      mode === 'unit'
        ? [unit]
        : [
            {
              extends: true,
              test: { name: 'all', include: ['test/**/*.test.ts', 'test/**/*.test.tsx'] },
            },
            // Electron's own binary would look for a compositor, and there is none.
            ...(findElectron() ? [] : [wayland]),
          ],
  },
}))
