import fs from 'node:fs'
import path from 'node:path'
import { modules, repositoryRoot } from './repository.mjs'

/**
 * Lets `node_modules/.bin/signalbox` start the Node of setup at once. Else the older Node that is installed would start first, only to
 * start the other one, which takes 60 ms more. Windows has no such shell; there, and where the installed Node is new enough, npm's own
 * link stays.
 * @param {string} node path of the Node that runs our code
 * @param {string} [folder] with the links to programs
 */
export function setupLauncher(node, folder = path.join(modules, '.bin')) {
  if (process.platform === 'win32' || node === process.execPath) return
  const launcher = path.join(folder, 'signalbox')
  const main = path.join(repositoryRoot, 'apps/cli/bin/signalbox.cjs')
  const text = `#!/bin/sh
# Written by setup.
[ -x ${quoted(node)} ] && exec ${quoted(node)} ${quoted(main)} "$@"
exec node ${quoted(main)} "$@"
`
  if (isFile(launcher) && fs.readFileSync(launcher, 'utf8') === text) return
  // Written beside it first: another setup, or a command, may run meanwhile. npm's link must not be written through.
  const draft = `${launcher}.${process.pid}`
  fs.writeFileSync(draft, text, { mode: 0o755 })
  fs.renameSync(draft, launcher)
}

/** A text as one word of a shell. */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** Whether it is a file, and no link to one. */
function isFile(file) {
  return fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() ?? false
}
