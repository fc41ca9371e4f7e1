'use strict'
// Runs `signalbox` on an older Node: by the Node that setup has added to the checkout. Plain JavaScript for any Node version.
const { spawn, spawnSync } = require('node:child_process')
const { existsSync } = require('node:fs')
const path = require('node:path')

/** @param {readonly number[]} minimum the oldest Node that runs our code, major and minor */
function useOtherNode(minimum) {
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  const localNode = ['../../../node_modules/node/bin/', '../../node/bin/']
    .map((folder) => path.join(__dirname, folder, file))
    .find((path) => existsSync(path))
  if (localNode === undefined) {
    const inCheckout = existsSync(path.join(__dirname, '../src/main.ts'))
    const advice = inCheckout ? ', or run `npm run setup` in the checkout, which installs one there' : ''
    console.error(`signalbox: needs Node ${minimum.join('.')} or newer; this is ${process.versions.node}. Install a newer Node${advice}.`)
    process.exit(1)
  }
  const child = spawn(localNode, [path.join(__dirname, 'signalbox.cjs'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
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

module.exports = { useOtherNode }
