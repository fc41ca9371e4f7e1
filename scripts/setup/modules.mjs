import fs from 'node:fs'
import path from 'node:path'
import { fail } from './fail.mjs'
import { house, modules } from './house.mjs'
import { npm } from './run.mjs'
import { digest, isFresh, leave } from './stamp.mjs'

const stamp = path.join(modules, '.signalbox-modules')

/** `npm ci`, when node_modules is not there or is of another lock file. */
export async function setupModules() {
  const lock = digest([path.join(house, 'package-lock.json')], `${process.platform}-${process.arch}`)
  if (isFresh(stamp, lock)) return
  console.log('setup: installing packages (npm ci) …')
  try {
    fs.accessSync(house, fs.constants.W_OK)
  } catch {
    fail(`${house} is not writable, so packages cannot be installed.`, 'Clone Signalbox into a folder of your own, or fix its permissions.')
  }
  const code = npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--no-progress', '--no-update-notifier'])
  if (code !== 0) fail('npm ci failed (see above).', 'Check the network and the npm registry, then run the same command again.')
  leave(stamp, lock)
}
