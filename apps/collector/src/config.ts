import os from 'node:os'
import { LIMITS_PATH } from '@signalbox/client'
import { readSettings } from '@signalbox/contract/setting'
import { findConfigDirs, findNamedFolders, findTranscriptPlaces, findTranscriptRoots } from '@signalbox/ledger'

export type CollectorConfig = ReturnType<typeof readConfig>

/** @throws SettingsError naming every invalid setting */
export function readConfig(env: NodeJS.ProcessEnv) {
  const settings = readSettings(env, [
    'DATA_DIR',
    'SIGNALBOX_URL',
    'CLAUDE_SYNC_API_KEY',
    'SIGNALBOX_API_KEY',
    'MACHINE_ID',
    'CLAUDE_CONFIG_DIR',
    'EXTRA_TRANSCRIPT_DIRS',
    'CLAUDE_DESKTOP_DIRS',
    'CODEX_HOME',
    'TRANSCRIPT_SOURCES',
    'REDACT_PROJECTS',
    'LIMIT_SOURCES',
    'CLAUDE_CONSOLE_URL',
    'CLAUDE_SYNC_URL',
    'SYNC_VERBOSE',
    'BROWSER_PATH',
    'TIMEZONE',
    'LOG_LEVEL',
  ])
  const snapshotsUrl = settings.CLAUDE_SYNC_URL ?? settings.SIGNALBOX_URL + LIMITS_PATH
  const { CLAUDE_SYNC_API_KEY: syncKey, SIGNALBOX_API_KEY: commandKey } = settings
  const sameHub = new URL(snapshotsUrl).origin === new URL(settings.SIGNALBOX_URL).origin
  return {
    dataDir: settings.DATA_DIR,
    hub: settings.SIGNALBOX_URL,
    key: sameHub ? (syncKey ?? commandKey) : (commandKey ?? syncKey),
    /** The address snapshots are posted to. A different hub is only ever sent the key that was set for it. */
    snapshotsUrl,
    snapshotsKey: sameHub ? (syncKey ?? commandKey) : syncKey,
    /** Snapshots and calls go to the same hub. */
    sameHub,
    limitSources: settings.LIMIT_SOURCES,
    syncVerbose: settings.SYNC_VERBOSE,
    env,
    machineId: settings.MACHINE_ID ?? os.hostname(),
    /** Called repeatedly, because folders may be created later. */
    roots: () => findTranscriptRoots(env),
    places: () => findTranscriptPlaces(env),
    namedFolders: () => findNamedFolders(env),
    /** The configuration folders of Claude Code; called repeatedly, too. */
    configDirs: () => findConfigDirs(env),
    redactProjects: settings.REDACT_PROJECTS,
    logLevel: settings.LOG_LEVEL,
  }
}
