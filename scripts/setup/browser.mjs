import fs from 'node:fs'
import path from 'node:path'
import { findBrowser } from '../../packages/browser/src/find-browser.mjs'
import { fail } from './fail.mjs'
import { modules } from './house.mjs'
import { run } from './run.mjs'

/**
 * A Chromium for the browser tests: BROWSER_PATH, one that is on the machine, Playwright's own download,
 * or, on Debian as root, the distribution's package.
 * @returns {Promise<string>} path of its executable
 */
export async function setupBrowser(node) {
  const named = process.env.BROWSER_PATH
  if (named) {
    if (fs.existsSync(named)) return named
    fail(`BROWSER_PATH is ${named}, and there is no such file.`, 'Correct it, or unset it to let setup look for a browser.')
  }
  const found = findBrowser(process.env)
  if (found) return found.path
  console.log('setup: no Chrome or Chromium here; asking Playwright for one …')
  run(node, [path.join(modules, 'playwright-core/cli.js'), 'install', 'chromium'], { quiet: true, timeout: 300_000 })
  const downloaded = findBrowser(process.env)
  if (downloaded) return downloaded.path
  if (process.platform === 'linux' && process.getuid?.() === 0 && fs.existsSync('/etc/debian_version')) {
    console.log('setup: installing the package chromium (apt-get) …')
    const env = { DEBIAN_FRONTEND: 'noninteractive' }
    run('apt-get', ['update', '-qq'], { env, quiet: true })
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'], { env, quiet: true })
    const installed = findBrowser(process.env)
    if (installed) return installed.path
  }
  return fail('no Chromium was found, and none could be installed.', 'Install Chrome or Chromium, or set BROWSER_PATH to one.')
}
