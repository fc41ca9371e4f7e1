import fs from 'node:fs'
import path from 'node:path'
import { fail } from './fail.mjs'
import { modules, repositoryRoot } from './repository.mjs'
import { npm } from './run.mjs'
import { digest, isFresh, writeStamp } from './stamp.mjs'

const stamp = path.join(modules, '.signalbox-modules')

/** Runs `npm ci` when node_modules is missing or belongs to another lock file. */
export async function setupModules() {
  const lock = digest([path.join(repositoryRoot, 'package-lock.json')], `${process.platform}-${process.arch}`)
  if (isFresh(stamp, lock)) return
  console.log('setup: installing packages (npm ci) …')
  try {
    fs.accessSync(repositoryRoot, fs.constants.W_OK)
  } catch {
    fail(
      `${repositoryRoot} is not writable, so packages cannot be installed.`,
      'Clone Signalbox into a folder of your own, or fix its permissions.',
    )
  }
  const code = npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--no-progress', '--no-update-notifier'])
  if (code !== 0) fail('npm ci failed (see above).', 'Check the network and the npm registry, then run the same command again.')
  writeStamp(stamp, lock)
}
