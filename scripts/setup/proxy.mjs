// Finds a real reverse proxy for the test of examples/proxy, and prints its path.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { sharedCache } from './repository.mjs'

/** Of each proxy: where its package has the program. */
const programs = { nginx: 'usr/sbin/nginx', caddy: 'usr/bin/caddy' }

/**
 * An installed one, or, on Debian with CI=true, the distribution's package, which is unpacked into the cache of this user and
 * not installed.
 * @param {'nginx' | 'caddy'} name
 * @returns {string | undefined} path of the program
 */
export function setupProxy(name, { env = process.env, folder = path.join(sharedCache, 'proxy') } = {}) {
  const places = (env.PATH ?? '').split(path.delimiter).concat('/usr/sbin', '/usr/local/sbin')
  const installed = places.map((place) => path.join(place, name)).find((file) => fs.existsSync(file))
  if (installed !== undefined) return installed
  const program = path.join(folder, name, programs[name])
  if (fs.existsSync(program)) return program
  if (env.CI !== 'true' || !fs.existsSync('/etc/debian_version')) return undefined
  return unpack(name, path.join(folder, name)) ? program : undefined
}

/** Unpacks beside the final place and renames, because several test runs may do this at once. @returns success */
function unpack(name, home) {
  fs.mkdirSync(path.dirname(home), { recursive: true })
  const work = fs.mkdtempSync(`${home}-`)
  try {
    const run = (command, ...args) =>
      spawnSync(command, args, { cwd: work, stdio: ['ignore', 'ignore', 'pipe'], timeout: 300_000 }).status === 0
    console.error(`setup: fetching the package ${name} for the tests; it is unpacked into ${home}, not installed …`)
    if (!run('apt-get', 'download', name)) {
      // A new machine has no list of packages yet.
      if (!run('apt-get', 'update', '-qq') || !run('apt-get', 'download', name)) return false
    }
    const file = fs.readdirSync(work).find((entry) => entry.endsWith('.deb'))
    if (file === undefined || !run('dpkg-deb', '-x', file, 'files')) return false
    if (!fs.existsSync(home)) fs.renameSync(path.join(work, 'files'), home)
    return true
  } finally {
    fs.rmSync(work, { recursive: true, force: true })
  }
}

if (process.argv[1] && import.meta.filename === fs.realpathSync(process.argv[1])) {
  for (const name of Object.keys(programs)) console.log(setupProxy(name) ?? `${name} is not there`)
}
