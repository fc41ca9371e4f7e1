import { formatPath } from '../format-path.ts'
import { isPluginEnabled } from '../hooks/connected.ts'
import { readHooksStatus } from '../hooks/install.ts'
import { pluginFolder } from '../hooks/plugin-hooks.ts'
import { readStatus } from '../statusline/install.ts'
import { statusLinePlaces } from '../statusline/places.ts'
import { type Check, type Finding, ok, warn } from './check.ts'

const ABOUT = 'Claude Code'

/** What of Signalbox is installed in Claude Code, one line for each of its settings files. */
export const claudeCode: Check = ({ io, env }) => statusLinePlaces({ ...io, env }).map(checkPlace)

function checkPlace(place: ReturnType<typeof statusLinePlaces>[number]): Finding {
  const { settings, dataDir, platform } = place
  try {
    const hasPlugin = isPluginEnabled(settings)
    const { state: hooks } = readHooksStatus({ settings, dataDir, platform, plugin: pluginFolder() })
    const { state: line } = readStatus(place)
    const parts = [
      `plugin ${hasPlugin ? 'installed' : 'not installed'}`,
      `hooks ${hasPlugin && hooks === 'not installed' ? 'those of the plugin' : hooks}`,
      `status line ${line}${line === 'installed' ? '' : ' (signalbox statusline install)'}`,
    ]
    const text = `${parts.join(', ')}; ${formatPath(settings)}`
    if (hasPlugin || hooks === 'installed') return ok(ABOUT, text)
    return warn(
      ABOUT,
      text,
      'Tools, subagents and permissions are reported at once with the plugin (signalbox connect installs it), or with its hooks: signalbox hooks install',
    )
  } catch (error) {
    const { message, suggestion } = error as Error & { suggestion?: string }
    return warn(ABOUT, message, suggestion ?? `Check ${formatPath(settings)}.`)
  }
}
