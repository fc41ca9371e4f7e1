import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { readSettings } from '@signalbox/contract/setting'

/**
 * Finds the folders in which Claude Code stores transcripts, as absolute paths.
 * Configured folders are always included, so that a missing one is reported. Of the two default folders the existing ones are
 * included, or both when neither exists.
 * @throws SettingsError when a setting is invalid
 */
export function findTranscriptRoots(env: NodeJS.ProcessEnv): string[] {
  const { CLAUDE_CONFIG_DIR: configDirs, EXTRA_TRANSCRIPT_DIRS: extra } = readSettings(env, ['CLAUDE_CONFIG_DIR', 'EXTRA_TRANSCRIPT_DIRS'])
  const configured = configDirs.length > 0 ? configDirs.map(projectsIn) : defaultRoots(env)
  return [...new Set([...configured, ...extra])]
}

/** Finds the configuration folders of Claude Code, whether they exist or not. @throws SettingsError when a setting is invalid */
export function findConfigDirs(env: NodeJS.ProcessEnv): string[] {
  const { CLAUDE_CONFIG_DIR: configured } = readSettings(env, ['CLAUDE_CONFIG_DIR'])
  return configured.length > 0 ? [...new Set(configured)] : defaultConfigDirs(env)
}

function defaultConfigDirs(env: NodeJS.ProcessEnv): string[] {
  const home = os.homedir()
  // The XDG specification requires that a relative path is ignored.
  const xdg = env.XDG_CONFIG_HOME !== undefined && path.isAbsolute(env.XDG_CONFIG_HOME) ? env.XDG_CONFIG_HOME : path.join(home, '.config')
  return [path.join(xdg, 'claude'), path.join(home, '.claude')]
}

function defaultRoots(env: NodeJS.ProcessEnv): string[] {
  const both = defaultConfigDirs(env).map(projectsIn)
  const existing = both.filter((root) => existsSync(root))
  return existing.length > 0 ? existing : both
}

function projectsIn(configDir: string): string {
  return path.join(configDir, 'projects')
}
