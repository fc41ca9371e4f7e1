#!/usr/bin/env node
'use strict'
// CommonJS, which starts sooner than a module, and plain JavaScript for any Node version: an old Node must get as far as an error message.

/** The oldest Node that runs TypeScript without a flag. */
const MIN_VERSION = [22, 18]
const [major, minor] = process.versions.node.split('.').map(Number)

if (major > MIN_VERSION[0] || (major === MIN_VERSION[0] && minor >= MIN_VERSION[1])) {
  // The cache of compiled code saves a third of the time of a short command.
  require('node:module').enableCompileCache()
  const bundled = require('./bundle.cjs').findBundle(process.argv[2])
  if (bundled === undefined) void import('../src/main.ts')
  else require(bundled)
} else require('./other-node.cjs').useOtherNode(MIN_VERSION)
