import { defineConfig } from 'vitest/config'

/** Whole simulations: what takes seconds belongs to the tier of the simulator. */
const plays = ['src/sim/scenarios/*.test.ts', 'src/sim/actors/*.test.ts', 'src/sim/exhaustive/left-out.test.ts']

export default defineConfig({
  test: {
    projects: [
      // No module keeps state of its own, so that files may share one process: loading everything anew costs three times as much.
      {
        test: {
          name: 'unit',
          isolate: false,
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: [...plays],
        },
      },
      { test: { name: 'sim', isolate: false, include: [...plays], testTimeout: 60_000 } },
      { test: { name: 'testbed', include: ['testbed/**/*.test.ts'] } },
      { test: { name: 'contract', include: ['test/contract/**/*.test.ts'], testTimeout: 30_000 } },
      {
        test: {
          name: 'cross',
          include: ['test/*.test.ts', 'test/rules/*.test.ts', 'test/e2e/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      // needs what `npm run testbed -- build --tier=B` builds
      { test: { name: 'rules-real', include: ['test/rules/real/*.test.ts'], testTimeout: 60_000 } },
      { test: { name: 'chart', include: ['test/chart/*.test.ts'], testTimeout: 120_000 } },
    ],
  },
})
