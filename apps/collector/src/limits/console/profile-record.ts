import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import type { ConsoleFault } from './console-error.ts'
import type { ConsolePaths } from './console-paths.ts'
import type { SeenRows } from './page-rows.ts'

/** Facts about the profile, written only by the holder of its lock. Instants are ISO 8601. */
export interface ProfileRecord {
  /** The time of the last successful `signalbox web login`. */
  readonly signedInAt?: string
  /** The last attempt to take a snapshot. */
  readonly last?: { readonly at: string; readonly ms: number; readonly windows?: number; readonly error?: ConsoleFault }
  /** The last snapshot. */
  readonly reading?: SnapshotBody
  readonly seenRows?: SeenRows
}

export function readProfileRecord({ record }: ConsolePaths): ProfileRecord {
  return readJson<ProfileRecord>(record) ?? {}
}

/** Changes the record; a failed write is ignored, because it must not cost a snapshot. */
export function updateProfileRecord(paths: ConsolePaths, part: ProfileRecord): void {
  writeJson(paths.record, { ...readProfileRecord(paths), ...part })
}

export function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    // Missing, or incomplete after a power cut: it will be written again.
    return undefined
  }
}

/** @returns whether it could be written */
export function writeJson(file: string, value: unknown): boolean {
  try {
    writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
    renameSync(`${file}.${process.pid}`, file)
    return true
  } catch {
    return false
  }
}
