import { findBrowser, isProgram } from '@signalbox/browser/find-browser'
import { shown } from '../shown.ts'
import { type Check, ok, warn } from './check.ts'

export const browser: Check = ({ env }) => {
  const about = 'Browser'
  const found = findBrowser(env)
  if (found === undefined) {
    return [
      warn(
        about,
        'no Chrome or Chromium found',
        'Only `signalbox console`, which reads the usage page, and the tests need one: install it, or set BROWSER_PATH.',
      ),
    ]
  }
  if (found.named && !isProgram(found.path))
    return [warn(about, `BROWSER_PATH is "${found.path}", which is no program`, 'Correct it, or unset it.')]
  return [ok(about, shown(found.path))]
}
