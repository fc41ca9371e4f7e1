// MiniStack, a stand-in for AWS by other authors, for the proof of the hub behind gateways: from PyPI, into an environment of its own
// in the cache of this user, and prints its path.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { sharedCache } from './repository.mjs'

const VERSION = '1.5.33'
const LIMIT_MS = 10 * 60_000

/** @returns {{ program: string, missing?: undefined } | { missing: string }} */
export function setupMinistack(folder = path.join(sharedCache, 'ministack')) {
  const home = path.join(folder, VERSION)
  const program = path.join(home, 'bin/ministack')
  const finished = path.join(home, 'finished')
  if (fs.existsSync(finished)) return { program }
  console.error('setup: fetching MiniStack for the proof (90 MB, once) …')
  fs.mkdirSync(folder, { recursive: true })
  const run = (command, args) => spawnSync(command, args, { encoding: 'utf8', timeout: LIMIT_MS })
  for (const [command, args] of [
    ['python3', ['-m', 'venv', '--clear', home]],
    [path.join(home, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `ministack==${VERSION}`]],
  ]) {
    const { status, stderr, error } = run(command, args)
    if (status !== 0) return { missing: `MiniStack cannot be had: ${(error?.message ?? stderr).trim().split('\n').at(-1)}` }
  }
  fs.writeFileSync(finished, '')
  return { program }
}

if (process.argv[1] && import.meta.filename === fs.realpathSync(process.argv[1])) console.log(setupMinistack())
