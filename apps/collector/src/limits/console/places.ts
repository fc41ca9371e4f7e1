import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'

/** Where in DATA_DIR things of the usage page are kept. */
export interface ConsolePlaces {
  readonly dataDir: string
  /** The browser profile, with the user's sign-in; mode 0700. */
  readonly profile: string
  /** The profile that `reset` took away last. */
  readonly backup: string
  readonly lock: string
  /** What is known of the profile: when somebody signed in, what was read last. */
  readonly record: string
  /** How the collector's readings go. */
  readonly schedule: string
  /** Texts of pages that could not be read. */
  readonly diagnostics: string
}

export function consolePlaces(dataDir: string): ConsolePlaces {
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

export function hasProfile({ profile }: ConsolePlaces): boolean {
  return existsSync(profile)
}

export function makeDataDir({ dataDir }: ConsolePlaces): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
}
