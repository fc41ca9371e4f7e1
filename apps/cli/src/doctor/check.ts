import type { Settings } from '@signalbox/contract/setting'
import type { Ledger } from '@signalbox/ledger'
import type { Io } from '../io.ts'

/** The result of a check. */
export interface Finding {
  readonly about: string
  /** `fail`: something that was set up does not work. `warn`: something is missing or could be better. */
  readonly state: 'ok' | 'warn' | 'fail'
  readonly text: string
  /** The suggested fix. */
  readonly advice?: string
}

/** The input of every check. */
export interface CheckContext {
  readonly io: Io
  /** Without invalid settings. */
  readonly env: NodeJS.ProcessEnv
  readonly settings: Settings<'DATA_DIR' | 'CLAUDE_SYNC_URL' | 'CLAUDE_SYNC_API_KEY' | 'TIMEZONE' | 'PRICE_TABLE' | 'REDACT_PROJECTS'>
  /** Undefined when it could not be opened. */
  readonly ledger: Ledger | undefined
  /** Milliseconds since 1970. */
  readonly now: number
}

export type Check = (context: CheckContext) => Finding[] | Promise<Finding[]>

export function ok(about: string, text: string): Finding {
  return { about, state: 'ok', text }
}
export function warn(about: string, text: string, advice: string): Finding {
  return { about, state: 'warn', text, advice }
}
export function fail(about: string, text: string, advice: string): Finding {
  return { about, state: 'fail', text, advice }
}
