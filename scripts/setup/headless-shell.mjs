// The headless shell of Chromium: the browser without its windows. A page takes half of the processor time of a whole one in
// it. It cannot sign in, has no profile that it locks, and the product does not use it, so it is for tests alone.
import fs from 'node:fs'
import path from 'node:path'
import { isProgram, playwrightFolders } from '../../packages/browser/src/find-browser.mjs'

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
  const extension = process.platform === 'win32' ? '.exe' : ''
  return playwrightFolders(env, 'chromium_headless_shell')
    .flatMap((root) => fs.readdirSync(root).map((folder) => path.join(root, folder)))
    .flatMap((folder) => ['chrome-headless-shell', 'headless_shell'].map((name) => path.join(folder, name + extension)))
}
