#!/usr/bin/env node
// Plain JavaScript for any Node version: an old Node must get as far as the error message below.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as module from 'node:module'
import { fileURLToPath } from 'node:url'

/** The oldest Node that runs TypeScript without a flag. */
const MIN_VERSION = [22, 18]
const [major, minor] = process.versions.node.split('.').map(Number)

if (major > MIN_VERSION[0] || (major === MIN_VERSION[0] && minor >= MIN_VERSION[1])) {
  // The cache of compiled code saves a third of the time of a short command.
  module.enableCompileCache()
  await import('../src/main.ts')
} else {
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  const localNode = ['../../../node_modules/node/bin/', '../../node/bin/']
    .map((folder) => fileURLToPath(new URL(folder + file, import.meta.url)))
    .find((path) => existsSync(path))
  if (localNode === undefined) {
    console.error(
      `signalbox: needs Node ${MIN_VERSION.join('.')} or newer; this is ${process.versions.node}. Install a newer Node, or run \`npm run setup\` in the checkout, which installs one there.`,
    )
    process.exit(1)
  }
  const child = spawn(localNode, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  // A Ctrl-C reaches the whole process group, so the child may receive it twice; it treats both as one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) process.on(signal, () => child.kill(signal))
  if (process.platform !== 'win32') {
    // `signalbox run` stops itself when its program does; the shell waits for this process to stop.
    let ignoredUntil = 0
    process.on('SIGCHLD', () => {
      if (child.exitCode !== null || Date.now() < ignoredUntil) return
      const { stdout } = spawnSync('ps', ['-o', 'state=', '-p', String(child.pid)], { encoding: 'utf8' })
      // The end of `ps` sends the same signal.
      ignoredUntil = Date.now() + 100
      if (/^\s*T/.test(stdout ?? '')) process.kill(process.pid, 'SIGSTOP')
    })
    process.on('SIGCONT', () => child.kill('SIGCONT'))
  }
  child.on('error', (error) => {
    console.error(`signalbox: ${localNode} could not be started: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal !== null && process.platform !== 'win32') {
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
      return
    }
    process.exit(code ?? 1)
  })
}
