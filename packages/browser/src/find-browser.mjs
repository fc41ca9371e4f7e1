// This module is plain JavaScript, because setup uses it before a Node that runs TypeScript is installed.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export function findBrowser(env) {
  if (env.BROWSER_PATH) return { path: env.BROWSER_PATH, named: true }
  const found = [...installed(env), ...playwrightBrowsers(env)].find(isWorking)
  return found === undefined ? undefined : { path: found, named: false }
}

export function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return fs.statSync(file).isFile()
  } catch {
    return false
  }
}

function* installed(env) {
  if (process.platform === 'darwin') {
    for (const root of ['/Applications', path.join(os.homedir(), 'Applications')]) {
      yield `${root}/Google Chrome.app/Contents/MacOS/Google Chrome`
      yield `${root}/Chromium.app/Contents/MacOS/Chromium`
    }
  }
  if (process.platform === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(Boolean)
    for (const root of roots) yield path.join(root, 'Google/Chrome/Application/chrome.exe')
    for (const root of roots) yield path.join(root, 'Chromium/Application/chrome.exe')
    for (const root of roots) yield path.join(root, 'Microsoft/Edge/Application/msedge.exe')
    return
  }
  const folders = [...(env.PATH ?? '').split(path.delimiter).filter(Boolean), '/usr/bin', '/usr/local/bin', '/snap/bin']
  for (const name of ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'chrome'])
    for (const folder of folders) yield path.join(folder, name)
}

/**
 * The folders of one of Playwright's browsers in its cache, newest version first.
 * @param name as in the names of the folders
 */
export function playwrightFolders(env, name) {
  const root =
    env.PLAYWRIGHT_BROWSERS_PATH ||
    {
      darwin: path.join(os.homedir(), 'Library/Caches/ms-playwright'),
      win32: path.join(env.LOCALAPPDATA ?? os.homedir(), 'ms-playwright'),
    }[process.platform] ||
    path.join(os.homedir(), '.cache/ms-playwright')
  if (!fs.existsSync(root)) return []
  return fs
    .readdirSync(root)
    .filter((folder) => folder.startsWith(`${name}-`) && /^\d+$/.test(folder.slice(name.length + 1)))
    .sort((a, b) => Number(b.split('-')[1]) - Number(a.split('-')[1]))
    .map((folder) => path.join(root, folder))
}

function playwrightBrowsers(env) {
  const inside = {
    darwin: ['chrome-mac/Chromium.app/Contents/MacOS/Chromium', 'chrome-mac-arm64/Chromium.app/Contents/MacOS/Chromium'],
    win32: ['chrome-win/chrome.exe', 'chrome-win64/chrome.exe'],
  }[process.platform] ?? ['chrome-linux/chrome', 'chrome-linux64/chrome']
  return playwrightFolders(env, 'chromium').flatMap((folder) => inside.map((rest) => path.join(folder, rest)))
}

/** Starts the program, because a name on the PATH can be a wrapper that only asks to install it. On Windows this would open a window. */
function isWorking(file) {
  if (!isProgram(file)) return false
  if (process.platform === 'win32') return true
  return spawnSync(file, ['--version'], { timeout: 20_000, stdio: 'ignore' }).status === 0
}
