import os from 'node:os'
import { readSettings } from '@signalbox/contract/setting'
import { findTranscriptRoots } from '@signalbox/ledger'

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
    'LOG_LEVEL',
  ])
  return {
    dataDir: settings.DATA_DIR,
    hub: settings.SIGNALBOX_URL,
    key: settings.CLAUDE_SYNC_API_KEY ?? settings.SIGNALBOX_API_KEY,
    machineId: settings.MACHINE_ID ?? os.hostname(),
    /** Asked again and again: folders may come later. */
    roots: () => findTranscriptRoots(env),
    redactProjects: settings.REDACT_PROJECTS,
    logLevel: settings.LOG_LEVEL,
  }
}
