import { defineConfig } from 'vitest/config'

/** Slow, exhaustive runs: `npm run test:full`. */
export default defineConfig({
  test: {
    include: ['test/full/**/*.full.ts', 'test/aws/machines.test.ts'],
    // Backtests started at once over machines around one deployment.
    env: { SAYWHEN_LOAD: '200' },
    globalSetup: ['test/setup/build.ts', 'test/setup/build-functions.ts'],
    reporters: ['default', './test/setup/plain-summary.ts'],
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
  },
})
