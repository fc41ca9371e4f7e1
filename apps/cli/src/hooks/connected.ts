import fs from 'node:fs'
import type { Io } from '../io.ts'
import { statusLinePlaces } from '../statusline/places.ts'
import { readHooksStatus } from './install.ts'
import { pluginFolder } from './plugin-hooks.ts'

/** What is to be done where nothing of Signalbox runs in sessions. */
export const NOT_CONNECTED =
  'Claude Code has neither the plugin nor the hooks yet, so nothing happens. To install: signalbox hooks install\n'

/** Whether sessions of this machine run our hooks: by the plugin, or by their settings. Settings that cannot be read count as connected. */
export function isConnected(io: Io): boolean {
  return statusLinePlaces(io).some(({ settings, dataDir, platform }) => {
    try {
      return isPluginEnabled(settings) || readHooksStatus({ settings, dataDir, platform, plugin: pluginFolder() }).state === 'installed'
    } catch {
      return true
    }
  })
}

/** Whether the settings name the plugin as enabled, whatever marketplace it is from. */
export function isPluginEnabled(settings: string): boolean {
  try {
    const { enabledPlugins } = JSON.parse(fs.readFileSync(settings, 'utf8')) as { enabledPlugins?: Record<string, unknown> }
    return Object.entries(enabledPlugins ?? {}).some(([id, enabled]) => id.split('@')[0] === 'signalbox' && enabled === true)
  } catch {
    // Missing, or damaged, which reading the hooks or the status line reports.
    return false
  }
}
