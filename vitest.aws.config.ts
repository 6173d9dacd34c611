import { defineConfig } from 'vitest/config'

/** `npm run test:aws`: the adapters and the built functions on emulators, and the templates of the stacks. */
export default defineConfig({
  test: {
    include: ['test/aws/**/*.test.ts', 'test/stacks/**/*.test.ts'],
    globalSetup: ['test/setup/build.ts', 'test/setup/build-functions.ts'],
    reporters: ['default', './test/setup/plain-summary.ts'],
    sequence: { shuffle: true },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
