import fs from 'node:fs'
import path from 'node:path'
import { fail } from './fail.mjs'
import { house, modules } from './house.mjs'
import { run } from './run.mjs'
import { digest, isFresh, leave } from './stamp.mjs'

const dist = path.join(house, 'apps/dashboard/dist')
const stamp = path.join(dist, '.stamp')

/** Builds the page into apps/dashboard/dist when anything it is made of has changed. */
export async function setupDashboard(node) {
  const sources = ['apps/dashboard', 'packages/client/src', 'packages/contract/src', 'package-lock.json'].map((part) =>
    path.join(house, part),
  )
  const value = digest(sources)
  if (isFresh(stamp, value)) return
  console.log('setup: building the dashboard …')
  // Built beside and moved into place, so that a hub that is running never serves half a page.
  const next = `${dist}.next`
  fs.rmSync(next, { recursive: true, force: true })
  const vite = path.join(modules, 'vite/bin/vite.js')
  const code = run(node, [vite, 'build', '--outDir', next, '--emptyOutDir', '--logLevel', 'error'], {
    cwd: path.join(house, 'apps/dashboard'),
    // Its progress rewrites lines of the terminal, also of ours.
    quiet: 'stdout',
  })
  if (code !== 0) fail('the dashboard could not be built (see above).', 'If you changed it, fix that; else run: git status')
  fs.rmSync(dist, { recursive: true, force: true })
  fs.renameSync(next, dist)
  leave(stamp, value)
}
