import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'

/** The files and folders of the `console` source, in DATA_DIR. */
export interface ConsolePaths {
  readonly dataDir: string
  /** The browser profile with the user's sign-in; mode 0700. */
  readonly profile: string
  /** The profile that `reset` removed last. */
  readonly backup: string
  readonly lock: string
  /** Facts about the profile: the last sign-in, the last snapshot. */
  readonly record: string
  /** The collector's schedule of snapshots. */
  readonly schedule: string
  /** Texts of pages that could not be read. */
  readonly diagnostics: string
}

export function consolePaths(dataDir: string): ConsolePaths {
  const at = (name: string) => path.join(dataDir, name)
  return {
    dataDir,
    profile: at('browser'),
    backup: at('browser-before-reset'),
    lock: at('console.lock'),
    record: at('console-profile.json'),
    schedule: at('console-schedule.json'),
    diagnostics: at('diagnostics'),
  }
}

export function hasProfile({ profile }: ConsolePaths): boolean {
  return existsSync(profile)
}

export function makeDataDir({ dataDir }: ConsolePaths): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
}
