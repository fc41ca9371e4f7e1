import { findBrowser, isProgram } from '@signalbox/browser/find-browser'
import { formatPath } from '../format-path.ts'
import { type Check, ok, warn } from './check.ts'

export const browser: Check = ({ env }) => {
  const about = 'Browser'
  const found = findBrowser(env)
  if (found === undefined) {
    return [warn(about, 'no Chrome or Chromium found', 'Only `signalbox web` and the tests need one: install it, or set BROWSER_PATH.')]
  }
  if (found.named && !isProgram(found.path))
    return [warn(about, `BROWSER_PATH is "${found.path}", which is not a program`, 'Correct it, or unset it.')]
  return [ok(about, formatPath(found.path))]
}
