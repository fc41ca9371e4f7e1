import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { readSettings } from '@signalbox/contract/setting'

/**
 * The folders in which Claude Code keeps transcripts, as absolute paths.
 * Folders that were asked for by name are always in the list, so that a missing one is noticed. Of the two usual
 * places those that exist are, or both when neither does.
 * @throws SettingsError when a setting cannot be read
 */
export function findTranscriptRoots(env: NodeJS.ProcessEnv): string[] {
  const { CLAUDE_CONFIG_DIR: named, EXTRA_TRANSCRIPT_DIRS: extra } = readSettings(env, ['CLAUDE_CONFIG_DIR', 'EXTRA_TRANSCRIPT_DIRS'])
  const configured = named.length > 0 ? named.map(projectsIn) : usualRoots(env)
  return [...new Set([...configured, ...extra])]
}

function usualRoots(env: NodeJS.ProcessEnv): string[] {
  const home = os.homedir()
  // The XDG specification has a relative path ignored.
  const xdg = env.XDG_CONFIG_HOME !== undefined && path.isAbsolute(env.XDG_CONFIG_HOME) ? env.XDG_CONFIG_HOME : path.join(home, '.config')
  const both = [projectsIn(path.join(xdg, 'claude')), projectsIn(path.join(home, '.claude'))]
  const there = both.filter((root) => existsSync(root))
  return there.length > 0 ? there : both
}

function projectsIn(configDir: string): string {
  return path.join(configDir, 'projects')
}
