import { defineConfig } from 'vitest/config'

const fleetTests = 'test/**/*.e2e.test.ts'
/** These say what has to happen within two or three seconds. */
const fleetTestsToTheSecond = ['receipts', 'story'].map((name) => `test/e2e/${name}.e2e.test.ts`)

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
          exclude: fleetTestsToTheSecond,
          // A whole fleet is ten processes, which mostly wait: two fleets have room beside each other, and nothing else has.
          maxWorkers: 2,
          testTimeout: 90_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'fleet-alone',
          include: fleetTestsToTheSecond,
          maxWorkers: 1,
          fileParallelism: false,
          testTimeout: 90_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
