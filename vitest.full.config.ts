import { defineConfig } from 'vitest/config'

/** Slow, exhaustive runs: `npm run test:full`. */
export default defineConfig({
  test: {
    include: ['test/full/**/*.full.ts'],
    globalSetup: 'test/setup/build.ts',
    reporters: ['default', './test/setup/plain-summary.ts'],
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
  },
})
