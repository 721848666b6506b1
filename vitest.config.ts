import { defineConfig } from 'vitest/config'

const serverTests = 'test/**/*.int.test.ts'
const fleetTests = 'test/**/*.e2e.test.ts'
/** These say what has to happen within two or three seconds, or start and kill so many processes that nothing has room beside them. */
const fleetTestsAlone = ['receipts', 'story', 'killed', 'sweep'].map((name) => `test/e2e/${name}.e2e.test.ts`)

// Each project waits for the one before it. How many run side by side is for two cores.
export default defineConfig({
  test: {
    reporters: ['default', './test/support/list-skipped.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // What a wait was waiting for is said whole.
    chaiConfig: { truncateThreshold: 0 },
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/**/*.test.ts'],
          exclude: [serverTests, fleetTests],
          // Nothing here outlives its test, so a worker may keep its modules: half of the time went into loading them anew.
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          include: [serverTests],
          // They wait for their servers, leases and clocks for more than half of their time.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'fleet',
          include: [fleetTests],
          exclude: fleetTestsAlone,
          // A whole fleet is ten processes, which mostly wait: two fleets have room beside each other, and nothing else has.
          maxWorkers: 2,
          testTimeout: 90_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'fleet-alone',
          include: fleetTestsAlone,
          maxWorkers: 1,
          fileParallelism: false,
          testTimeout: 90_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
