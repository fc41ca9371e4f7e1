// Builds the MongoDB that tests use (test/mongo, in Go), once, and prints where it is.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { changeFerretdb } from './ferretdb.mjs'
import { cache, house } from './house.mjs'
import { digest } from './stamp.mjs'

const source = path.join(house, 'test/mongo')
/** The first build downloads and compiles a few hundred packages. */
const PATIENCE_MS = 10 * 60_000

/**
 * @returns {Promise<string | undefined>} path of the server; undefined when there is no Go, or it cannot be built
 */
export async function setupMongo() {
  const folder = path.join(cache, 'mongo')
  const name = `server-${digest([source], `${process.platform}-${process.arch}`).slice(0, 16)}`
  const server = path.join(folder, process.platform === 'win32' ? `${name}.exe` : name)
  if (fs.existsSync(server)) return server
  const go = goOnMachine()
  if (go === undefined) return undefined
  fs.mkdirSync(folder, { recursive: true })
  const lock = path.join(folder, 'building')
  // Two test files may ask at once, and one build is long enough.
  for (const until = Date.now() + PATIENCE_MS; !taken(lock); await delay(200)) {
    if (fs.existsSync(server)) return server
    if (Date.now() > until) fs.rmSync(lock, { recursive: true, force: true })
  }
  try {
    if (fs.existsSync(server)) return server
    console.error('setup: building the MongoDB that the tests use (go build, a minute or two the first time) …')
    const half = `${server}.half`
    const mod = changeFerretdb(go, path.join(lock, 'source'))
    if (mod === undefined) return undefined
    const { status } = spawnSync(go, ['build', '-modfile', mod, '-o', half, '.'], {
      cwd: source,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, CGO_ENABLED: '0' },
      timeout: PATIENCE_MS,
    })
    if (status !== 0) return undefined
    fs.renameSync(half, server)
    return server
  } finally {
    fs.rmSync(lock, { recursive: true, force: true })
  }
}

function taken(lock) {
  try {
    fs.mkdirSync(lock)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    // Whoever builds longer than that was killed.
    const since = fs.statSync(lock, { throwIfNoEntry: false })?.mtimeMs
    if (since !== undefined && since < Date.now() - PATIENCE_MS) fs.rmSync(lock, { recursive: true, force: true })
    return false
  }
}

function goOnMachine() {
  const places = ['go', path.join('/usr/local/go/bin/go'), path.join('C:\\Program Files\\Go\\bin\\go.exe')]
  return places.find((place) => spawnSync(place, ['version'], { stdio: 'ignore', timeout: 20_000 }).status === 0)
}

if (process.argv[1] && import.meta.filename === fs.realpathSync(process.argv[1])) console.log((await setupMongo()) ?? '')
