import { defineConfig } from 'vitest/config'

/** What waits more than it works: browsers that read a page, lines that rest for a minute. */
const waiting = ['test/browser/console.test.ts', 'test/browser/limits.test.ts']
/** Those that measure time have the machine to themselves, one file after the other. */
const alone = { testTimeout: 90_000, hookTimeout: 90_000, fileParallelism: false }
/** What waits leaves room for what works, on the smallest machine we test on. */
const together = { maxWorkers: 3, sequence: { groupOrder: 2 } }

export default defineConfig({
  test: {
    projects: [
      // First in the list: they begin first, and are the last to end.
      { test: { name: 'waiting', include: waiting, testTimeout: 90_000, hookTimeout: 90_000, ...together } },
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'test/*.test.ts'],
          testTimeout: 30_000,
          ...together,
        },
      },
      { test: { name: 'trips', include: ['test/trips/**/*.test.ts'], ...alone, sequence: { groupOrder: 1 } } },
      { test: { name: 'browser', include: ['test/browser/**/*.test.ts'], exclude: waiting, ...alone, sequence: { groupOrder: 0 } } },
    ],
  },
})
