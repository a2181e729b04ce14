import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      // No module keeps state of its own, so that files may share one process: loading everything anew costs three times as much.
      { test: { name: 'unit', isolate: false, include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'] } },
      { test: { name: 'testbed', include: ['testbed/**/*.test.ts'] } },
      { test: { name: 'contract', include: ['test/contract/**/*.test.ts'], testTimeout: 30_000 } },
      {
        test: {
          name: 'cross',
          include: ['test/*.test.ts', 'test/e2e/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
