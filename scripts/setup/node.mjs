import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fail } from './fail.mjs'
import { modules } from './house.mjs'
import { npm } from './run.mjs'

/** The oldest Node that runs TypeScript as it is, without a flag. */
const OLDEST = [22, 18]
const PACKAGE = 'node@24'

/**
 * A Node that runs our code: this one, or the npm package `node`, added beside our modules,
 * where npm scripts find it first.
 * @returns {Promise<string>} path of its executable
 */
export async function setupNode() {
  if (isNewEnough(process.versions.node)) return process.execPath
  const own = path.join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (works(own)) return own
  console.log(`setup: this is Node ${process.versions.node}; adding ${PACKAGE} beside our modules …`)
  // The package's own script fetches the binary for this machine. Some npm versions do not run install scripts, so we run it ourselves.
  const added = npm([
    'install',
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--no-progress',
    '--no-update-notifier',
    PACKAGE,
  ])
  if (added === 0 && !works(own)) {
    const script = path.join(modules, 'node', 'installArchSpecificPackage.js')
    if (fs.existsSync(script))
      spawnSync(process.execPath, [script], {
        cwd: path.dirname(script),
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, npm_config_ignore_scripts: 'false' },
      })
  }
  if (!works(own)) fail(`${PACKAGE} could not be added.`, `Install Node ${OLDEST.join('.')} or newer, then run the same command again.`)
  return own
}

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

function works(file) {
  if (!fs.existsSync(file)) return false
  const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' })
  return typeof stdout === 'string' && isNewEnough(stdout.trim().replace(/^v/, ''))
}
