import { defineConfig } from 'vitest/config'

const fleetTests = 'test/**/*.e2e.test.ts'

export default defineConfig({
  test: {
    reporters: ['default', './test/support/list-skipped.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [fleetTests],
          // Integration tests own real servers; more workers than cores only makes them time out.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'fleet',
          include: [fleetTests],
          // A whole fleet is ten processes and its tests know what two seconds are: one at a time, after everything else.
          maxWorkers: 1,
          fileParallelism: false,
          testTimeout: 90_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
