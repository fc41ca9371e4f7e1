#!/usr/bin/env node
// Plain JavaScript for any Node version: an old Node must get as far as an error message.
import * as module from 'node:module'

/** The oldest Node that runs TypeScript without a flag. */
const MIN_VERSION = [22, 18]
const [major, minor] = process.versions.node.split('.').map(Number)

if (major > MIN_VERSION[0] || (major === MIN_VERSION[0] && minor >= MIN_VERSION[1])) {
  // The cache of compiled code saves a third of the time of a short command.
  module.enableCompileCache()
  const { findBundle } = await import('./bundle.mjs')
  const bundled = findBundle(process.argv[2])
  if (bundled === undefined) await import('../src/main.ts')
  else module.createRequire(import.meta.url)(bundled)
} else {
  const { useOtherNode } = await import('./other-node.mjs')
  useOtherNode(MIN_VERSION)
}
