// Builds the MongoDB server of the tests (test/mongo, in Go) once, and prints its path.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { changeFerretdb } from './ferretdb.mjs'
import { takeLock } from './lock.mjs'
import { repositoryRoot, sharedCache } from './repository.mjs'
import { digest } from './stamp.mjs'

const source = path.join(repositoryRoot, 'test/mongo')
/** The first build downloads and compiles a few hundred packages. */
const BUILD_TIMEOUT_MS = 10 * 60_000
/** Builds that stay in the cache: enough for a few branches. */
const MAX_CACHED_BUILDS = 3

/**
 * @returns {Promise<string | undefined>} path of the server; undefined when there is no Go, or the build fails
 */
export async function setupMongo(folder = path.join(sharedCache, 'mongo')) {
  const name = `server-${sourceDigest()}`
  const server = path.join(folder, process.platform === 'win32' ? `${name}.exe` : name)
  if (isBuilt(server)) return server
  const go = findGo()
  if (go === undefined) return undefined
  fs.mkdirSync(folder, { recursive: true })
  const lock = path.join(folder, `${name}.lock`)
  // Several test files or checkouts may need the server at once; one of them builds it.
  while (!takeLock(lock, BUILD_TIMEOUT_MS)) {
    await delay(200)
    if (isBuilt(server)) return server
  }
  try {
    return isBuilt(server) || build(go, folder, server) ? server : undefined
  } finally {
    fs.rmSync(lock, { recursive: true, force: true })
    evictBuilds(folder)
  }
}

/** Names a build: a change of any other file of the repository must not cause a new one. */
function sourceDigest() {
  const sources = fs.readdirSync(source).filter((name) => /\.go$|^go\.(mod|sum)$/.test(name))
  const files = [...sources.sort(), 'ferretdb'].map((name) => path.join(source, name))
  return digest([...files, path.join(import.meta.dirname, 'ferretdb.mjs')], `${process.platform}-${process.arch}`).slice(0, 16)
}

/** Also marks the build as used, for the eviction of others. */
function isBuilt(server) {
  try {
    const now = new Date()
    fs.utimesSync(server, now, now)
    return true
  } catch {
    return fs.existsSync(server)
  }
}

/** Compiles in a folder of its own and moves the result into place, so that a second builder does no harm. @returns success */
function build(go, folder, server) {
  console.error('setup: building the MongoDB that the tests use (go build, a minute or two the first time) …')
  const work = fs.mkdtempSync(path.join(folder, 'build-'))
  try {
    const mod = changeFerretdb(go, path.join(work, 'source'))
    if (mod === undefined) return false
    const output = path.join(work, 'server')
    const { status } = spawnSync(go, ['build', '-modfile', mod, '-ldflags', '-s -w', '-o', output, '.'], {
      cwd: source,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, CGO_ENABLED: '0' },
      timeout: BUILD_TIMEOUT_MS,
    })
    if (status !== 0) return false
    fs.renameSync(output, server)
    return true
  } finally {
    fs.rmSync(work, { recursive: true, force: true })
  }
}

/** Removes all builds but those used last, and what killed builds left. */
function evictBuilds(folder) {
  const entries = fs.readdirSync(folder).map((name) => {
    const file = path.join(folder, name)
    return { name, file, usedAt: fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }
  })
  const builds = entries.filter(({ name }) => /^server-[0-9a-f]+(\.exe)?$/.test(name)).sort((a, b) => b.usedAt - a.usedAt)
  const leftovers = entries.filter((entry) => !builds.includes(entry) && entry.usedAt < Date.now() - 2 * BUILD_TIMEOUT_MS)
  for (const { file } of [...builds.slice(MAX_CACHED_BUILDS), ...leftovers]) {
    try {
      fs.rmSync(file, { recursive: true, force: true })
    } catch {
      // A server that runs cannot be removed on Windows; a later build evicts it.
    }
  }
}

function findGo() {
  const places = ['go', path.join('/usr/local/go/bin/go'), path.join('C:\\Program Files\\Go\\bin\\go.exe')]
  return places.find((place) => spawnSync(place, ['version'], { stdio: 'ignore', timeout: 20_000 }).status === 0)
}

if (process.argv[1] && import.meta.filename === fs.realpathSync(process.argv[1])) console.log((await setupMongo()) ?? '')
