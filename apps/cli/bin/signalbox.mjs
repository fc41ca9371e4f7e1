#!/usr/bin/env node
// Plain JavaScript that any Node understands: it must be able to say that the Node is too old.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as module from 'node:module'
import { fileURLToPath } from 'node:url'

/** The oldest Node that runs TypeScript as it is, without a flag. */
const OLDEST = [22, 18]
const [major, minor] = process.versions.node.split('.').map(Number)

if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
  // Keeps stripped and compiled code between runs: a third of the time of a short command.
  module.enableCompileCache()
  await import('../src/main.ts')
} else {
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  const own = ['../../../node_modules/node/bin/', '../../node/bin/']
    .map((folder) => fileURLToPath(new URL(folder + file, import.meta.url)))
    .find((path) => existsSync(path))
  if (own === undefined) {
    console.error(
      `signalbox: needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}. Install a newer Node, or run \`npm run setup\` in the checkout, which adds one.`,
    )
    process.exit(1)
  }
  const child = spawn(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  // A Ctrl-C reaches the whole group, so the child may hear it twice; it takes both for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`signalbox: ${own} could not be started: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code) => process.exit(code ?? 1))
}
