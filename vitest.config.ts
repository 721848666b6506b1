import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/support/list-skipped.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Integration tests own real servers; more workers than cores only makes them time out.
    maxWorkers: 2,
  },
})
