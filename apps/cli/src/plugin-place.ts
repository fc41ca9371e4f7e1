import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where our plugin of Claude Code is. */
export interface PluginPlace {
  readonly plugin: string
  /** A folder that Claude Code can add as a marketplace. */
  readonly marketplace: string
}

/** Finds the plugin: in the checkout, or in the package of its own that npm installs with this one. */
export function findPlugin(root: string = fileURLToPath(new URL('../../../', import.meta.url))): PluginPlace {
  const packages = ['node_modules', '..'].map((folder) => path.resolve(root, folder, '@signalbox/claude-plugin'))
  const own = { plugin: path.join(root, 'apps/claude-plugin'), marketplace: path.resolve(root) }
  const places = [own, ...packages.map((folder) => ({ plugin: folder, marketplace: folder }))]
  return places.find(({ plugin }) => fs.existsSync(path.join(plugin, 'hooks'))) ?? own
}
