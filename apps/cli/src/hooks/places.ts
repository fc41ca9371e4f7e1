import { readSettings } from '@signalbox/contract/setting'
import type { Io } from '../io.ts'
import { settingsFiles } from '../statusline/places.ts'
import type { HookPlace } from './install.ts'
import { pluginFolder } from './plugin-hooks.ts'

/** Where hooks are installed in these settings files; without any, in those of the user. */
export function hookPlaces(io: Io, files: readonly string[] = settingsFiles(io)): HookPlace[] {
  const { DATA_DIR: dataDir } = readSettings(io.env, ['DATA_DIR'])
  return files.map((settings) => ({ dataDir, settings, platform: io.system.platform, plugin: pluginFolder() }))
}
