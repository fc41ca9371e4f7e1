import fs from 'node:fs'
import path from 'node:path'
import { findBrowser } from '../../packages/browser/src/find-browser.mjs'
import { mayInstall } from './consent.mjs'
import { fail } from './fail.mjs'
import { modules } from './repository.mjs'
import { run } from './run.mjs'

/**
 * Finds or installs a Chromium for the browser tests: BROWSER_PATH, an installed one, Playwright's download,
 * or, on Debian as root and with consent, the distribution's package.
 * @returns {Promise<string>} path of its executable
 */
export async function setupBrowser(node) {
  const fromEnv = process.env.BROWSER_PATH
  if (fromEnv) {
    if (fs.existsSync(fromEnv)) return fromEnv
    fail(`BROWSER_PATH is ${fromEnv}, and there is no such file.`, 'Correct it, or unset it to let setup find a browser.')
  }
  const found = findBrowser(process.env)
  if (found) return found.path
  console.log('setup: no Chrome or Chromium found; downloading one with Playwright …')
  run(node, [path.join(modules, 'playwright-core/cli.js'), 'install', 'chromium'], { quiet: true, timeout: 300_000 })
  const downloaded = findBrowser(process.env)
  if (downloaded) return downloaded.path
  if (process.platform === 'linux' && process.getuid?.() === 0 && fs.existsSync('/etc/debian_version')) {
    const what = 'the Debian packages chromium and fonts-liberation, with apt-get (about 100 MB)'
    if (!(await mayInstall(what))) fail('no Chromium was found.', 'Install Chrome or Chromium, or set BROWSER_PATH to one.')
    const env = { DEBIAN_FRONTEND: 'noninteractive' }
    run('apt-get', ['update', '-qq'], { env, quiet: true })
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'], { env, quiet: true })
    const installed = findBrowser(process.env)
    if (installed) return installed.path
  }
  return fail('no Chromium was found and none could be installed.', 'Install Chrome or Chromium, or set BROWSER_PATH to one.')
}
