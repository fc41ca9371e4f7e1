import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { LimitReading } from '@signalbox/contract/limits'
import type { ConsoleFault } from './console-error.ts'
import type { ConsolePlaces } from './places.ts'

/** What is known of the profile; written only by who holds the lock. Instants are ISO 8601. */
export interface ProfileRecord {
  /** When `signalbox console login` last ended well. */
  readonly signedInAt?: string
  /** The last reading that was tried. */
  readonly last?: { readonly at: string; readonly ms: number; readonly windows?: number; readonly error?: ConsoleFault }
  /** The last that could be taken. */
  readonly reading?: LimitReading
}

export function readRecord({ record }: ConsolePlaces): ProfileRecord {
  return readJson<ProfileRecord>(record) ?? {}
}

/** Changes the record; that it cannot be written costs no reading. */
export function noteInRecord(places: ConsolePlaces, part: ProfileRecord): void {
  writeJson(places.record, { ...readRecord(places), ...part })
}

export function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    // Not there, or cut off by a power cut: it will be written again.
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
