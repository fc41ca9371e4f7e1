// Prepares a clone to run and logs each step. A second run does only what is missing.
// This file and everything in scripts/ is plain JavaScript: it must run on the Node that is installed before setup (20 or newer).
import { setupBrowser } from './setup/browser.mjs'
import { setupBundle } from './setup/bundle.mjs'
import { setupDashboard } from './setup/dashboard.mjs'
import { fail } from './setup/fail.mjs'
import { setupLauncher } from './setup/launcher.mjs'
import { setupModules } from './setup/modules.mjs'
import { setupNode } from './setup/node.mjs'

/**
 * @param {{ browser?: boolean, dashboard?: boolean, bundle?: boolean }} [want] `browser` also finds or installs a Chromium.
 * @returns {Promise<{ node: string, browser?: string, testBrowser?: string }>} paths of Node, of Chromium, and of what runs the
 *   tests of the dashboard
 */
export async function setup({ browser = false, dashboard = true, bundle = dashboard } = {}) {
  const [major = 0] = process.versions.node.split('.').map(Number)
  if (major < 20)
    fail(
      `Signalbox needs Node 20 or newer to set itself up; this is ${process.versions.node}.`,
      'Install a current Node from your package manager.',
    )
  await setupModules()
  const node = await setupNode()
  setupLauncher(node)
  if (dashboard) await setupDashboard(node)
  if (bundle) setupBundle(node)
  return browser ? { node, ...(await setupBrowser(node)) } : { node }
}

if (process.argv[1] && import.meta.filename === (await import('node:fs')).realpathSync(process.argv[1])) {
  const { node, browser } = await setup({ browser: process.argv.includes('--browser') })
  console.log(`ready: node ${node}${browser ? `, browser ${browser}` : ''}`)
}
