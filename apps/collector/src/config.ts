import os from 'node:os'
import { readSettings } from '@signalbox/contract/setting'
import { findTranscriptRoots } from '@signalbox/ledger'
import { READINGS_PATH } from './sync/hub-address.ts'

export type CollectorConfig = ReturnType<typeof readConfig>

/** @throws SettingsError naming every setting that is wrong */
export function readConfig(env: NodeJS.ProcessEnv) {
  const settings = readSettings(env, [
    'DATA_DIR',
    'SIGNALBOX_URL',
    'CLAUDE_SYNC_API_KEY',
    'SIGNALBOX_API_KEY',
    'MACHINE_ID',
    'CLAUDE_CONFIG_DIR',
    'EXTRA_TRANSCRIPT_DIRS',
    'REDACT_PROJECTS',
    'LIMIT_SOURCES',
    'CLAUDE_CONSOLE_URL',
    'CLAUDE_SYNC_URL',
    'SYNC_VERBOSE',
    'BROWSER_PATH',
    'TIMEZONE',
    'LOG_LEVEL',
  ])
  const readingsUrl = settings.CLAUDE_SYNC_URL ?? settings.SIGNALBOX_URL + READINGS_PATH
  const { CLAUDE_SYNC_API_KEY: syncKey, SIGNALBOX_API_KEY: commandKey } = settings
  const sameHub = new URL(readingsUrl).origin === new URL(settings.SIGNALBOX_URL).origin
  return {
    dataDir: settings.DATA_DIR,
    hub: settings.SIGNALBOX_URL,
    key: sameHub ? (syncKey ?? commandKey) : (commandKey ?? syncKey),
    /** Where readings of the plan limits go; another hub gets to see no key but the one that was set for it. */
    readingsUrl,
    readingsKey: sameHub ? (syncKey ?? commandKey) : syncKey,
    /** Readings go where calls go. */
    sameHub,
    limitSources: settings.LIMIT_SOURCES,
    syncVerbose: settings.SYNC_VERBOSE,
    env,
    machineId: settings.MACHINE_ID ?? os.hostname(),
    /** Asked again and again: folders may come later. */
    roots: () => findTranscriptRoots(env),
    redactProjects: settings.REDACT_PROJECTS,
    logLevel: settings.LOG_LEVEL,
  }
}
