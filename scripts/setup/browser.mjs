import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
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
  const found = onMachine() ?? playwrights()
  if (found) return found
  console.log('setup: no Chrome or Chromium here; asking Playwright for one …')
  run(node, [path.join(modules, 'playwright-core/cli.js'), 'install', 'chromium'], { quiet: true, timeout: 300_000 })
  const downloaded = playwrights()
  if (downloaded) return downloaded
  if (process.platform === 'linux' && process.getuid?.() === 0 && fs.existsSync('/etc/debian_version')) {
    console.log('setup: installing the package chromium (apt-get) …')
    const env = { DEBIAN_FRONTEND: 'noninteractive' }
    run('apt-get', ['update', '-qq'], { env, quiet: true })
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'], { env, quiet: true })
    const installed = onMachine()
    if (installed) return installed
  }
  return fail('no Chromium was found, and none could be installed.', 'Install Chrome or Chromium, or set BROWSER_PATH to one.')
}

function onMachine() {
  const fixed = {
    darwin: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'],
    win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) =>
      process.env[name] ? [path.join(process.env[name], 'Google/Chrome/Application/chrome.exe')] : [],
    ),
  }[process.platform]
  if (fixed) return fixed.find((file) => fs.existsSync(file))
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome']
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((file) => works(file))
}

/** Playwright keeps its browsers in a cache folder; the newest that works. */
function playwrights() {
  const root =
    process.env.PLAYWRIGHT_BROWSERS_PATH ||
    {
      darwin: path.join(os.homedir(), 'Library/Caches/ms-playwright'),
      win32: path.join(process.env.LOCALAPPDATA ?? os.homedir(), 'ms-playwright'),
    }[process.platform] ||
    path.join(os.homedir(), '.cache/ms-playwright')
  if (!fs.existsSync(root)) return undefined
  const inside = {
    darwin: ['chrome-mac/Chromium.app/Contents/MacOS/Chromium', 'chrome-mac-arm64/Chromium.app/Contents/MacOS/Chromium'],
    win32: ['chrome-win/chrome.exe', 'chrome-win64/chrome.exe'],
  }[process.platform] ?? ['chrome-linux/chrome', 'chrome-linux64/chrome']
  return fs
    .readdirSync(root)
    .filter((name) => /^chromium-\d+$/.test(name))
    .sort((a, b) => Number(b.split('-')[1]) - Number(a.split('-')[1]))
    .flatMap((name) => inside.map((rest) => path.join(root, name, rest)))
    .find((file) => works(file))
}

/** A name on the PATH can be a wrapper that only says "install me"; ask it. On Windows asking opens a window. */
function works(file) {
  if (!fs.existsSync(file)) return false
  if (process.platform === 'win32') return true
  return spawnSync(file, ['--version'], { timeout: 20_000, stdio: 'ignore' }).status === 0
}
