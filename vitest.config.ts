import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

/** Measure time, or count on an answer within a second or three: they have the machine to themselves, one after the other. */
const measuring = [
  'test/browser/first-screen.test.ts',
  'test/browser/live.test.ts',
  'test/browser/sessions.test.ts',
  'test/trips/silence.test.ts',
  'test/trips/start.test.ts',
  'test/trips/transcript-line.test.ts',
]
/** What waits leaves room for what works, on the smallest machine we test on. */
const together = { maxWorkers: 4, sequence: { groupOrder: 1 } }
const patient = { testTimeout: 90_000, hookTimeout: 90_000 }

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { name: 'alone', include: measuring, ...patient, fileParallelism: false, sequence: { groupOrder: 0 } } },
      { test: { name: 'browser', include: ['test/browser/**/*.test.ts'], exclude: measuring, ...patient, ...together } },
      { test: { name: 'trips', include: ['test/trips/**/*.test.ts'], exclude: measuring, ...patient, ...together } },
      {
        test: {
          name: 'unit',
          // Each file would load everything again: half of their processor time.
          isolate: false,
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'test/*.test.ts'],
          testTimeout: 30_000,
          ...together,
        },
      },
    ],
  },
})
