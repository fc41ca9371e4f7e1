import path from 'node:path'
import { readSettings } from '@signalbox/contract/setting'
import { readRegularFile } from './regular-file.ts'

/** What a collector leaves in its DATA_DIR. */
const COLLECTOR_FILE = 'collector.json'
const MAX_BYTES = 1_000_000

/**
 * Whether names of folders must not leave this machine: REDACT_PROJECTS, else what the collector of the same DATA_DIR runs with.
 * A service is given its settings in a file of its own, and sessions do not see them. When in doubt, they must not.
 */
export function redactsProjects(env: NodeJS.ProcessEnv): boolean {
  try {
    if (env.REDACT_PROJECTS?.trim()) return readSettings(env, ['REDACT_PROJECTS']).REDACT_PROJECTS
    return collectorRedacts(readSettings(env, ['DATA_DIR']).DATA_DIR)
  } catch {
    return true
  }
}

function collectorRedacts(dataDir: string): boolean {
  try {
    const { text } = readRegularFile(path.join(dataDir, COLLECTOR_FILE), MAX_BYTES)
    return (JSON.parse(text) as { redact_projects?: unknown } | null)?.redact_projects === true
  } catch {
    // No collector has run here.
    return false
  }
}
