// Finds a program of Debian's packages for the tests that run it, and prints its path.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { sharedCache } from './repository.mjs'

/** Of each program: its package, and where the package has it. */
const programs = {
  nginx: { of: 'nginx', file: 'usr/sbin/nginx' },
  caddy: { of: 'caddy', file: 'usr/bin/caddy' },
  promtool: { of: 'prometheus', file: 'usr/bin/promtool' },
  prometheus: { of: 'prometheus', file: 'usr/bin/prometheus' },
  'prometheus-alertmanager': { of: 'prometheus-alertmanager', file: 'usr/bin/prometheus-alertmanager' },
}

/**
 * An installed one, or, on Debian with CI=true, the distribution's package, which is unpacked into the cache of this user and
 * not installed.
 * @param {keyof typeof programs} name
 * @returns {string | undefined} path of the program
 */
export function setupDebianProgram(name, { env = process.env, folder = path.join(sharedCache, 'debian') } = {}) {
  const places = (env.PATH ?? '').split(path.delimiter).concat('/usr/sbin', '/usr/local/sbin')
  const installed = places.map((place) => path.join(place, name)).find((file) => fs.existsSync(file))
  if (installed !== undefined) return installed
  const { of, file } = programs[name]
  const program = path.join(folder, of, file)
  if (fs.existsSync(program)) return program
  if (env.CI !== 'true' || !fs.existsSync('/etc/debian_version')) return undefined
  return unpack(of, path.join(folder, of)) ? program : undefined
}

/** What a test says that has to be skipped, or fails with in CI. @param {string} name */
export function missingProgram(name) {
  return `${name} is not there: install it, or set CI=true to let the tests fetch it`
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
  for (const name of Object.keys(programs)) console.log(setupDebianProgram(name) ?? `${name} is not there`)
}
