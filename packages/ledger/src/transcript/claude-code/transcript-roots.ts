import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { readSettings } from '@signalbox/contract/setting'
import type { TranscriptPlace } from '../source.ts'
import { type CoworkSessions, desktopDirs, findCoworkSessions } from './cowork-sessions.ts'

/**
 * Finds the places in which Claude Code and Cowork store transcripts, as absolute paths.
 * Configured folders are always included. Of the two default folders the existing ones are included, or both when neither
 * exists. Cowork, which has other folders than Claude Code whatever CLAUDE_CONFIG_DIR says, is included where it has sessions.
 * @throws SettingsError when a setting is invalid
 */
export function findClaudePlaces(env: NodeJS.ProcessEnv): TranscriptPlace[] {
  const { CLAUDE_CONFIG_DIR: configDirs, CLAUDE_DESKTOP_DIRS: named } = readSettings(env, ['CLAUDE_CONFIG_DIR', 'CLAUDE_DESKTOP_DIRS'])
  const roots = new Set(configDirs.length > 0 ? configDirs.map(projectsIn) : defaultRoots(env))
  const cowork = (named ?? desktopDirs(env, os.homedir()))
    .map((folder) => findCoworkSessions(folder))
    .filter((sessions): sessions is CoworkSessions => sessions !== undefined)
  return [...[...roots].map((root) => ({ folder: root, roots: [root] })), ...cowork.map((sessions) => ({ ...sessions, app: 'Cowork' }))]
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
