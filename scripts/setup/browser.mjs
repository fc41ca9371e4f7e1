import fs from 'node:fs'
import path from 'node:path'
import { findBrowser } from '../../packages/browser/src/find-browser.mjs'
import { mayInstall } from './consent.mjs'
import { fail } from './fail.mjs'
import { findHeadlessShell } from './headless-shell.mjs'
import { modules } from './repository.mjs'
import { run } from './run.mjs'

/** Together, because both browsers need the same version of what they share. */
const packages = ['chromium', 'chromium-headless-shell', 'fonts-liberation']
/** Where nothing of what they need is installed, they are 270 MB. */
const packagesInWords = 'the Debian packages chromium, chromium-headless-shell and fonts-liberation, with apt-get (at most 270 MB)'

/**
 * Finds or installs a Chromium for the tests: BROWSER_PATH, an installed one, Playwright's download, or, on Debian as root and
 * with consent, the distribution's packages. Tests of the dashboard take its headless shell where there is one.
 * @returns {Promise<{ browser: string, testBrowser: string }>} paths of their programs
 */
export async function setupBrowser(node) {
  const fromEnv = process.env.BROWSER_PATH
  if (fromEnv) {
    if (fs.existsSync(fromEnv)) return { browser: fromEnv, testBrowser: fromEnv }
    fail(`BROWSER_PATH is ${fromEnv}, and there is no such file.`, 'Correct it, or unset it to let setup find a browser.')
  }
  const found = findBrowser(process.env)
  if (found) {
    // A person is not asked for what only saves time.
    if (findHeadlessShell(process.env) === undefined && process.env.CI === 'true' && isDebian()) {
      await mayInstall(packagesInWords)
      aptInstall(packages)
    }
    return withShell(found.path)
  }
  console.log('setup: no Chrome or Chromium found; downloading one with Playwright …')
  run(node, [path.join(modules, 'playwright-core/cli.js'), 'install', 'chromium'], { quiet: true, timeout: 300_000 })
  const downloaded = findBrowser(process.env)
  if (downloaded) return withShell(downloaded.path)
  if (isDebian()) {
    if (!(await mayInstall(packagesInWords))) fail('no Chromium was found.', 'Install Chrome or Chromium, or set BROWSER_PATH to one.')
    // Older versions of Debian have no package of the shell.
    if (!aptInstall(packages)) aptInstall(packages.filter((name) => name !== 'chromium-headless-shell'))
    const installed = findBrowser(process.env)
    if (installed) return withShell(installed.path)
  }
  return fail('no Chromium was found and none could be installed.', 'Install Chrome or Chromium, or set BROWSER_PATH to one.')
}

function withShell(browser) {
  return { browser, testBrowser: findHeadlessShell(process.env) ?? browser }
}

function isDebian() {
  return process.platform === 'linux' && process.getuid?.() === 0 && fs.existsSync('/etc/debian_version')
}

/** @returns {boolean} whether all of them are installed */
function aptInstall(names) {
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, quiet: true, timeout: 300_000 }
  run('apt-get', ['update', '-qq'], options)
  return run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], options) === 0
}
