import path from 'node:path'
import { defineConfig } from 'vitest/config'

/** `npm run prove:lambda`: what takes too long for every run of the tests. */
export default defineConfig({
  test: {
    root: path.resolve(import.meta.dirname, '../../..'),
    include: ['test/aws/prove/*.proof.ts'],
    globalSetup: ['test/aws/prove/bundle.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
    isolate: false,
    // A test waits for processes of its own, each of which takes most of a core while it starts.
    maxWorkers: 2,
  },
})
