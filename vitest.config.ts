import { configDefaults, defineConfig } from 'vitest/config'

/** `npm test`: everything but what needs emulators or synthesized stacks, which is `npm run test:aws`. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/aws/**', 'test/stacks/**'],
    globalSetup: 'test/setup/build.ts',
    reporters: ['default', './test/setup/plain-summary.ts'],
    // Half of them wait for processes, threads and queues: two side by side even on two cores.
    maxWorkers: 2,
    sequence: { shuffle: true },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
