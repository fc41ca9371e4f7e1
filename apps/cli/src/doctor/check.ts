import type { Settings } from '@signalbox/contract/setting'
import type { Ledger } from '@signalbox/ledger'

/** One thing looked at. */
export interface Finding {
  readonly about: string
  /** `fail`: something a person asked for does not work. `warn`: it works, less well than it could. */
  readonly state: 'ok' | 'warn' | 'fail'
  readonly text: string
  /** What to do about it. */
  readonly advice?: string
}

/** What every check may look at. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly settings: Settings<
    'DATA_DIR' | 'SIGNALBOX_URL' | 'CLAUDE_SYNC_API_KEY' | 'SIGNALBOX_API_KEY' | 'TIMEZONE' | 'PRICE_TABLE' | 'REDACT_PROJECTS'
  >
  /** Absent when it could not be opened. */
  readonly ledger: Ledger | undefined
  /** Milliseconds since 1970. */
  readonly now: number
}

export type Check = (around: Surroundings) => Finding[] | Promise<Finding[]>

export function ok(about: string, text: string): Finding {
  return { about, state: 'ok', text }
}
export function warn(about: string, text: string, advice: string): Finding {
  return { about, state: 'warn', text, advice }
}
export function fail(about: string, text: string, advice: string): Finding {
  return { about, state: 'fail', text, advice }
}
