// The headless shell of Chromium: the browser without its windows. A page takes half of the processor time of a whole one in
// it. It cannot sign in, has no profile that it locks, and the product does not use it, so it is for tests alone.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { isProgram } from '../../packages/browser/src/find-browser.mjs'

/** @returns {string | undefined} path of its program */
export function findHeadlessShell(env) {
  return [...installed(env), ...downloaded(env)].find(isProgram)
}

function installed(env) {
  if (process.platform === 'win32') return []
  const folders = [...(env.PATH ?? '').split(path.delimiter).filter(Boolean), '/usr/bin']
  return ['chromium-headless-shell', 'chrome-headless-shell'].flatMap((name) => folders.map((folder) => path.join(folder, name)))
}

/** Those that Playwright has downloaded, newest first. */
function downloaded(env) {
  const caches = { darwin: path.join(os.homedir(), 'Library/Caches'), win32: env.LOCALAPPDATA ?? os.homedir() }
  const root = env.PLAYWRIGHT_BROWSERS_PATH || path.join(caches[process.platform] ?? path.join(os.homedir(), '.cache'), 'ms-playwright')
  if (!fs.existsSync(root)) return []
  const program = process.platform === 'win32' ? '.exe' : ''
  return fs
    .readdirSync(root)
    .filter((name) => /^chromium_headless_shell-\d+$/.test(name))
    .sort((a, b) => Number(b.split('-')[1]) - Number(a.split('-')[1]))
    .flatMap((name) => fs.readdirSync(path.join(root, name)).map((folder) => path.join(root, name, folder)))
    .flatMap((folder) => ['chrome-headless-shell', 'headless_shell'].map((name) => path.join(folder, name + program)))
}
