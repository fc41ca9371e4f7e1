import fs from 'node:fs'
import path from 'node:path'
import { Failure } from '../failure.ts'
import { findPlugin } from '../plugin-place.ts'
import { quoteForShell } from '../statusline/script.ts'

/** One entry of an event in `hooks.json`: a matcher and its hooks. */
export interface HookGroup {
  readonly hooks: readonly Record<string, unknown>[]
}

export type EventHooks = Readonly<Record<string, readonly HookGroup[]>>

const ROOT = /\$\{CLAUDE_PLUGIN_ROOT\}/g
/** The variable that names the spool to the script, and marks our hooks in settings. */
const DATA_VARIABLE = 'SIGNALBOX_HOOK_DATA'

/** The folder of the plugin. */
export function pluginFolder(): string {
  return findPlugin().plugin
}

/** The folder in DATA_DIR in which hooks installed this way keep their events. */
export function hookSpool(dataDir: string): string {
  return path.join(dataDir, 'hook-spool')
}

/**
 * The hooks of the plugin as settings have them: with the plugin's folder in place, and the spool in DATA_DIR.
 * @throws Failure when the plugin is not complete
 */
export function readPluginHooks(root: string, dataDir: string, platform: NodeJS.Platform): EventHooks {
  const file = path.join(root, 'hooks', platform === 'win32' ? 'windows-hooks.json' : 'hooks.json')
  let hooks: EventHooks
  try {
    hooks = (JSON.parse(fs.readFileSync(file, 'utf8')) as { hooks: EventHooks }).hooks
  } catch (error) {
    throw new Failure(`the hooks in ${file} cannot be read: ${(error as Error).message}.`, 'Install Signalbox again.')
  }
  const place = (hook: Record<string, unknown>) => (platform === 'win32' ? placeExec(hook, root) : placeCommand(hook, root, dataDir))
  return Object.fromEntries(
    Object.entries(hooks).map(([event, groups]) => [event, groups.map((group) => ({ ...group, hooks: group.hooks.map(place) }))]),
  )
}

/** A command of a shell. Without its script, as after Signalbox was removed, it does nothing: an error would stand in the session. */
function placeCommand(hook: Record<string, unknown>, root: string, dataDir: string): Record<string, unknown> {
  const [, script] = /^exec sh "\$\{CLAUDE_PLUGIN_ROOT\}\/([\w./-]+)"$/.exec(String(hook.command)) ?? []
  if (script === undefined) throw new Failure(`the plugin has a hook of an unknown form: ${hook.command}.`, 'Install Signalbox again.')
  const file = quoteForShell(path.join(root, script))
  return { ...hook, command: `[ ! -r ${file} ] || ${DATA_VARIABLE}=${quoteForShell(hookSpool(dataDir))} exec sh ${file}` }
}

function placeExec(hook: Record<string, unknown>, root: string): Record<string, unknown> {
  const args = Array.isArray(hook.args) ? hook.args.map((word) => String(word).replace(ROOT, () => root.replaceAll('\\', '/'))) : []
  return { ...hook, args }
}

/** Whether a hook in settings was written by `signalbox hooks install`, also by an older version or from another folder. */
export function isOwnHook(hook: unknown): boolean {
  const { command, args } = (typeof hook === 'object' && hook !== null ? hook : {}) as { command?: unknown; args?: unknown }
  if (typeof command !== 'string') return false
  if (command.includes(`|| ${DATA_VARIABLE}=`)) return true
  return command === 'node' && Array.isArray(args) && /\/claude-plugin\/dist\/(?:observe|ask|budget)\.mjs$/.test(String(args[0]))
}
