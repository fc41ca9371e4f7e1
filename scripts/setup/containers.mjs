// What the tests of containers need on a machine without Docker: podman of Debian, and images that stand in for those of the
// registries, made of packages of Debian and npm. Built once, into the cache of this user, and prints where it is.
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { mayInstall } from './consent.mjs'
import { missingProgram, setupDebianProgram } from './debian-program.mjs'
import { missingLitestream, setupLitestream } from './litestream.mjs'
import { takeLock } from './lock.mjs'
import { setupMongo } from './mongo.mjs'
import { modules, sharedCache } from './repository.mjs'
import { digest } from './stamp.mjs'

const LIMIT_MS = 15 * 60_000
/** crun refuses machines with both kinds of control groups; podman and netavark need the rest. */
const packages = ['podman', 'runc', 'catatonit', 'netavark', 'aardvark-dns', 'iptables', 'mmdebstrap']
const programs = ['podman', 'runc', 'iptables', 'mmdebstrap', 'unshare', 'nsenter']
/** The libraries of the image that our Dockerfile names as its base. */
const basePackages = ['base-files', 'libc6', 'libgcc-s1', 'libstdc++6', 'ca-certificates', 'netbase']
const PODMAN_COMPOSE = 'podman-compose==1.6.0'
/** Files whose change makes other images. */
const ownFiles = [import.meta.filename]

/**
 * @typedef {{ store: string, config: string, compose: string, missing?: undefined } | { missing: string }} Containers
 * `store` has the images, `config` the settings of podman, `compose` is the program podman-compose
 * @returns {Promise<Containers>} or why they cannot be had
 */
export async function setupContainers({ env = process.env, folder = path.join(sharedCache, 'containers') } = {}) {
  if (process.platform !== 'linux') return { missing: 'containers run on Linux only' }
  if (process.getuid?.() !== 0) return { missing: 'podman needs root here: the tests make networks of their own' }
  const absent = () => programs.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)
  if (absent().length > 0) {
    if (env.CI !== 'true' || !fs.existsSync('/etc/debian_version')) {
      return { missing: `${absent().join(', ')} are missing: apt-get install ${packages.join(' ')}, or set CI=true to let the tests do it` }
    }
    await mayInstall(`the Debian packages ${packages.join(', ')}, with apt-get`, { env })
    fs.mkdirSync(folder, { recursive: true })
    const problem = await locked(path.join(folder, 'install.lock'), () => (absent().length > 0 ? install() : undefined))
    if (problem !== undefined) return { missing: problem }
  }
  fs.mkdirSync(folder, { recursive: true })
  const mongo = await setupMongo()
  const caddy = setupDebianProgram('caddy', { env })
  if (mongo === undefined) return { missing: 'the MongoDB of the tests needs Go 1.22 or newer' }
  const litestream = setupLitestream({ env })
  if (litestream === undefined) return { missing: missingLitestream }
  if (caddy === undefined) return { missing: missingProgram('caddy') }
  const node = path.join(modules, 'node/bin/node')
  const inputs = [...ownFiles, mongo, caddy, litestream, fs.existsSync(node) ? node : process.execPath]
  const home = path.join(folder, digest([], inputs.map(identity).join('\n')).slice(0, 16))
  const made = () => fs.existsSync(path.join(home, 'made'))
  const result = { store: path.join(home, 'store'), config: home, compose: path.join(home, 'python/bin/podman-compose') }
  if (!made()) {
    const problem = await locked(path.join(folder, 'build.lock'), () =>
      made() ? undefined : build(home, { mongo, caddy, litestream, node: inputs.at(-1) }),
    )
    if (problem !== undefined) return { missing: problem }
  }
  fs.utimesSync(home, new Date(), new Date())
  return result
}

/** What a file is, without reading a hundred megabytes. */
function identity(file) {
  const { size, mtimeMs } = fs.statSync(file)
  return file.endsWith('.mjs') ? digest([file]) : `${path.basename(file)} ${size} ${file.includes(sharedCache) ? '' : mtimeMs}`
}

async function locked(lock, work) {
  while (!takeLock(lock, LIMIT_MS)) await delay(500)
  try {
    return work()
  } catch (error) {
    return `${error.message}${error.stderr ?? ''}`.trim()
  } finally {
    fs.rmSync(lock, { recursive: true, force: true })
  }
}

/** @returns what went wrong */
function install() {
  console.error(`setup: installing ${packages.join(', ')} for the tests of containers …`)
  const run = (...words) =>
    spawnSync('apt-get', words, {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: LIMIT_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  const words = ['install', '-y', '-qq', '--no-install-recommends', ...packages]
  if (run(...words).status === 0) return undefined
  run('update', '-qq')
  const { status, stderr } = run(...words)
  return status === 0 ? undefined : `apt-get could not install ${packages.join(', ')}: ${stderr}`
}

/** Removes what an ended build has left, and all others but the one used last: another checkout may be using it. */
function evictOthers(home) {
  const folder = path.dirname(home)
  const others = fs
    .readdirSync(folder)
    .filter((entry) => !entry.endsWith('.lock') && entry !== path.basename(home))
    .map((entry) => path.join(folder, entry))
    .sort((one, other) => fs.statSync(other).mtimeMs - fs.statSync(one).mtimeMs)
  for (const old of [home, ...others.slice(1)]) fs.rmSync(old, { recursive: true, force: true })
}

/** `made` is written last. @returns what went wrong */
function build(home, { mongo, caddy, litestream, node }) {
  console.error('setup: building the images that the tests of containers start from (a minute or two the first time) …')
  evictOthers(home)
  const work = path.join(home, 'work')
  fs.mkdirSync(work, { recursive: true })
  fs.writeFileSync(path.join(home, 'containers.conf'), containersConf)
  fs.writeFileSync(path.join(home, 'storage.conf'), storageConf(path.join(home, 'store'), path.join(work, 'run')))
  const env = {
    ...process.env,
    CONTAINERS_CONF: path.join(home, 'containers.conf'),
    CONTAINERS_STORAGE_CONF: path.join(home, 'storage.conf'),
  }
  const run = (command, ...args) => execFileSync(command, args, { env, cwd: work, stdio: ['ignore', 'ignore', 'pipe'], timeout: LIMIT_MS })
  const suite = /VERSION_CODENAME=(\w+)/.exec(fs.readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'bookworm'
  run('mmdebstrap', '--quiet', '--mode=root', '--variant=extract', `--include=${basePackages.join(',')}`, suite, 'base.tar')
  run('podman', 'import', '--quiet', 'base.tar', 'gcr.io/distroless/cc-debian12:latest')
  const image = (name, files, ...changes) => {
    const root = path.join(work, 'root')
    fs.rmSync(root, { recursive: true, force: true })
    for (const [place, file] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(root, place)), { recursive: true })
      fs.copyFileSync(file, path.join(root, place))
      fs.chmodSync(path.join(root, place), 0o755)
    }
    fs.mkdirSync(path.join(root, 'tmp'))
    fs.chmodSync(path.join(root, 'tmp'), 0o1777)
    run('tar', '-C', root, '-cf', 'image.tar', '.')
    run('podman', 'import', '--quiet', ...changes.flatMap((change) => ['--change', change]), 'image.tar', name)
  }
  image('docker.io/library/node:24-bookworm-slim', { 'usr/local/bin/node': node })
  image(
    'docker.io/library/caddy:2',
    { 'usr/bin/caddy': caddy, ...librariesOf(caddy) },
    'ENV XDG_CONFIG_HOME=/config',
    'ENV XDG_DATA_HOME=/data',
    'CMD ["/usr/bin/caddy","run","--config","/etc/caddy/Caddyfile","--adapter","caddyfile"]',
  )
  image('docker.io/litestream/litestream:0.5', { 'usr/local/bin/litestream': litestream }, 'ENTRYPOINT ["/usr/local/bin/litestream"]')
  image('docker.io/library/mongo:8', { 'usr/bin/server': mongo }, 'CMD ["/usr/bin/server","-listen=0.0.0.0:27017"]')
  run('python3', '-m', 'venv', path.join(home, 'python'))
  run(path.join(home, 'python/bin/python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', PODMAN_COMPOSE)
  fs.rmSync(work, { recursive: true, force: true })
  fs.writeFileSync(path.join(home, 'made'), '')
  return undefined
}

/** The libraries of a program of this machine, at their places. */
function librariesOf(program) {
  const output = execFileSync('ldd', [program], { encoding: 'utf8' })
  return Object.fromEntries([...output.matchAll(/(\/\S+) \(0x/g)].map(([, file]) => [file.slice(1), fs.realpathSync(file)]))
}

const containersConf = `[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
helper_binaries_dir = ["/usr/lib/podman", "/usr/libexec/podman"]
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
`

/** @param {string} [images] another store, whose images can be used, and are not changed */
export function storageConf(root, run, images) {
  const more = images === undefined ? '' : `[storage.options]\nadditionalimagestores = ["${images}"]\n`
  return `[storage]\ndriver = "overlay"\ngraphroot = "${root}"\nrunroot = "${run}"\n${more}`
}

if (process.argv[1] && import.meta.filename === fs.realpathSync(process.argv[1])) {
  console.log(JSON.stringify(await setupContainers()))
}
