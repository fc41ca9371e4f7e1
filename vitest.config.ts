import os from 'node:os'
import { defineConfig } from 'vitest/config'
// @ts-expect-error plain JavaScript
import { memoryFolder } from './scripts/test/memory-folder.mjs'
import { LongestFirst } from './test/support/longest-first.ts'

// Programs that tests start must not read what agents have written for the developer.
process.env.CLAUDE_DESKTOP_DIRS ??= 'none'
process.env.TRANSCRIPT_SOURCES ??= 'claude-code'

/** Tests that assert durations: one at a time, while no other test runs. Each file says why. */
const timing = ['**/*.timing.test.ts']
/** Starts the one Chromium that the browser tests of a project share. */
const globalSetup = ['test/browser/shared-browser.ts']
/** Programs that tests start run from what `npm test` has built: scripts/test/programs.mjs. Without it, from their sources. */
const builtPrograms = process.env.TEST_PRELOAD ? { NODE_OPTIONS: `--import ${process.env.TEST_PRELOAD}` } : {}
const memory = process.env.TMPDIR ? undefined : memoryFolder()
/** Trips, and what measures speed, have their files on the disk, as people do. */
const inMemory = { env: { ...builtPrograms, ...(memory === undefined ? {} : { TMPDIR: memory }) } }
const onDisk = { env: builtPrograms }
/** `npm test` lists the files that take the most processor time. */
const measured = { setupFiles: ['test/support/file-cost.ts'] }
/** More workers than cores, because most tests wait more than they compute; few enough for a laptop's memory. */
const maxWorkers = Math.min(12, Math.max(4, 3 * os.availableParallelism()))
/** With isolation each file loads every module again, which takes half of the processor time of unit tests, a third of others. */
const shared = { isolate: false }
const parallel = { maxWorkers, sequence: { groupOrder: 1 } }
/** In milliseconds; long enough for a machine with many times more work than cores. */
const longTimeouts = { testTimeout: 300_000, hookTimeout: 300_000, expect: { poll: { timeout: 60_000, interval: 150 } } }

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'timing',
          include: timing,
          globalSetup,
          ...longTimeouts,
          ...measured,
          ...shared,
          fileParallelism: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: timing,
          globalSetup,
          ...longTimeouts,
          ...measured,
          ...shared,
          ...parallel,
          ...inMemory,
        },
      },
      {
        test: {
          name: 'trips',
          include: ['test/trips/**/*.test.ts', 'test/attack/**/*.test.ts', 'test/aws/**/*.test.ts'],
          exclude: timing,
          ...longTimeouts,
          ...measured,
          ...shared,
          ...parallel,
          ...onDisk,
        },
      },
      {
        test: {
          name: 'claude-code',
          include: ['test/claude-code/**/*.test.ts', 'test/codex/**/*.test.ts'],
          exclude: timing,
          ...longTimeouts,
          ...measured,
          ...shared,
          ...onDisk,
          // Each client takes a core while it starts and 200 MB. `npm test` runs this project beside the others.
          maxWorkers: 3,
          // The client is driven by keys in a terminal and takes some of them as it pleases: a step that it refused is tried once more.
          retry: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'deploy',
          include: ['test/deploy/**/*.test.ts'],
          exclude: timing,
          ...longTimeouts,
          ...measured,
          ...onDisk,
          // They wait for containers more than they compute. `npm test` runs this project with the one before it.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'apps/*/build/**/*.test.ts', 'test/*.test.ts'],
          exclude: timing,
          ...longTimeouts,
          ...measured,
          ...shared,
          ...parallel,
          ...inMemory,
        },
      },
    ],
  },
})
