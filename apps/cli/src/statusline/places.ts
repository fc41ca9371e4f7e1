import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { readSettings } from '@signalbox/contract/setting'
import type { Io } from '../io.ts'
import type { Place } from './install.ts'

/** The words of the command that runs `signalbox`. */
export function signalboxCommand({ system }: Io): readonly [node: string, bin: string] {
  return [system.nodePath, fileURLToPath(new URL('../../bin/signalbox.cjs', import.meta.url))]
}

/** Where the status line is installed: in each folder of Claude Code. */
export function statusLinePlaces(io: Io): Place[] {
  const { DATA_DIR: dataDir } = readSettings(io.env, ['DATA_DIR'])
  return settingsFiles(io).map((settings) => ({ dataDir, settings, platform: io.system.platform, signalbox: signalboxCommand(io) }))
}

/** Claude Code's settings files: in the folders of CLAUDE_CONFIG_DIR, else in `~/.claude`. */
export function settingsFiles(io: Io): string[] {
  const { CLAUDE_CONFIG_DIR: configured } = readSettings(io.env, ['CLAUDE_CONFIG_DIR'])
  const folders = configured.length > 0 ? configured : [path.join(os.homedir(), '.claude')]
  return folders.map((folder) => path.join(folder, 'settings.json'))
}
