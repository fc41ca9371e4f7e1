import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fail } from './fail.mjs'
import { modules } from './repository.mjs'
import { npm } from './run.mjs'

/** Read, because the oldest Node 20 cannot import JSON. */
const nodeBuild = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, 'node-build.json'), 'utf8'))
/** The oldest Node version, major and minor, that runs TypeScript without a flag. */
const MINIMUM_VERSION = [22, 18]
const PROGRAM = path.join('bin', process.platform === 'win32' ? 'node.exe' : 'node')

/**
 * Finds a Node that runs our code: this one, or the build of `node-build.json`, added to node_modules, where npm scripts find
 * it first. It is one exact version, whose digest is checked, and none of its scripts runs.
 * @returns {Promise<string>} path of its executable
 */
export async function setupNode() {
  if (isNewEnough(process.versions.node)) return process.execPath
  const own = path.join(modules, 'node', PROGRAM)
  if (works(own)) return own
  const { name, integrity } = buildFor(process.platform, process.arch)
  const build = `${name}@${nodeBuild.version}`
  const advice = `Install Node ${MINIMUM_VERSION.join('.')} or newer, then run the same command again.`
  if (integrity === undefined) fail(`this is Node ${process.versions.node}, and no newer one is known for this system.`, advice)
  console.log(`setup: this is Node ${process.versions.node}; adding ${build} to node_modules …`)
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--no-progress', '--no-update-notifier']
  npm(['install', '--no-save', '--ignore-scripts', ...quiet, build])
  const installed = installedIntegrity(name)
  if (installed !== integrity) {
    fs.rmSync(path.join(modules, name), { recursive: true, force: true })
    fail(
      `${build} could not be added${installed === undefined ? '' : `: its digest is ${installed}, and not the known ${integrity}`}.`,
      advice,
    )
  }
  fs.mkdirSync(path.dirname(own), { recursive: true })
  fs.copyFileSync(path.join(modules, name, PROGRAM), own)
  fs.chmodSync(own, 0o755)
  linkProgram(own)
  if (!works(own)) fail(`${build} does not run here.`, advice)
  return own
}

/** The package with the program for a system, and its digest; undefined where there is none. */
export function buildFor(platform, arch) {
  const name = `node-${platform === 'win32' ? 'win' : platform}-${arch}`
  return { name, integrity: nodeBuild.integrity[name] }
}

/** npm scripts find it as `node`, before the older one. */
function linkProgram(own) {
  if (process.platform === 'win32') return
  const link = path.join(modules, '.bin', 'node')
  fs.rmSync(link, { force: true })
  fs.symlinkSync(path.relative(path.dirname(link), own), link)
}

/** What npm has checked the package against, when it installed it. */
function installedIntegrity(name) {
  try {
    const { packages } = JSON.parse(fs.readFileSync(path.join(modules, '.package-lock.json'), 'utf8'))
    return packages[`node_modules/${name}`]?.integrity
  } catch {
    return undefined
  }
}

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > MINIMUM_VERSION[0] || (major === MINIMUM_VERSION[0] && minor >= MINIMUM_VERSION[1])
}

function works(file) {
  if (!fs.existsSync(file)) return false
  const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' })
  return typeof stdout === 'string' && isNewEnough(stdout.trim().replace(/^v/, ''))
}
