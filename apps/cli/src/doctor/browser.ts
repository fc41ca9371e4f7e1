import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { shown } from '../shown.ts'
import { type Check, ok, warn } from './check.ts'

const names = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'chrome', 'chrome.exe', 'msedge.exe']
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ...[process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .map((folder) => path.join(folder, 'Google/Chrome/Application/chrome.exe')),
]

export const browser: Check = ({ env }) => {
  const about = 'Browser'
  if (env.BROWSER_PATH) {
    return isProgram(env.BROWSER_PATH)
      ? [ok(about, shown(env.BROWSER_PATH))]
      : [warn(about, `BROWSER_PATH is "${env.BROWSER_PATH}", which is no program`, 'Correct it, or unset it.')]
  }
  const onPath = (env.PATH ?? '').split(path.delimiter).flatMap((folder) => names.map((name) => path.join(folder, name)))
  const found = [...onPath, ...places].find(isProgram)
  if (found !== undefined) return [ok(about, shown(found))]
  return [warn(about, 'no Chrome or Chromium found', 'Only the tests need one: `npm test` finds or installs it. Or set BROWSER_PATH.')]
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
