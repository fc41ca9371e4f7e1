import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { findBrowser, isProgram } from './find-browser.mjs'

/** A folder with a program of this name and exit code. */
function folderWith(name: string, code: number): string {
  const folder = tempFolder()
  fs.writeFileSync(path.join(folder, name), `#!/bin/sh\nexit ${code}\n`, { mode: 0o755 })
  return folder
}

test('BROWSER_PATH is used without a check', () => {
  expect(findBrowser({ BROWSER_PATH: '/nowhere/chrome', PATH: '' })).toEqual({ path: '/nowhere/chrome', named: true })
})

test.skipIf(process.platform === 'win32' || process.platform === 'darwin')(
  'a browser on the PATH is found, Chrome before Chromium, and a wrapper that fails is skipped',
  () => {
    const [wrapper, chromium, chrome] = [folderWith('google-chrome', 1), folderWith('chromium', 0), folderWith('google-chrome-stable', 0)]
    expect(findBrowser({ PATH: [wrapper, chromium, chrome].join(':') })).toEqual({
      path: path.join(chrome, 'google-chrome-stable'),
      named: false,
    })
    expect(findBrowser({ PATH: [wrapper, chromium].join(':') })?.path).not.toBe(path.join(wrapper, 'google-chrome'))
  },
)

test('a folder and a file without execute permission are not programs', () => {
  const folder = tempFolder()
  fs.writeFileSync(path.join(folder, 'chrome'), '', { mode: 0o644 })
  expect(isProgram(folder)).toBe(false)
  expect(isProgram(path.join(folder, 'gone'))).toBe(false)
  if (process.platform !== 'win32') expect(isProgram(path.join(folder, 'chrome'))).toBe(false)
})
