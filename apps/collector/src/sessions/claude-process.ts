import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import type { LivingSession } from '@signalbox/ledger'
import type { ProcessFile } from './process-file.ts'

/** A process of Claude Code, known by its process file, and the session that it runs. */
export interface ClaudeProcess {
  /** The process file. */
  readonly path: string
  file: ProcessFile
  /** Until when a new process of an old version is not reported: its first session id may be replaced by that of `--resume`. */
  heldUntil?: number
  /** The session of an old version, which `/clear` does not write into its file. */
  movedTo?: string
  /** `unknown`: dead or of another machine; nothing is said about it. */
  state: 'alive' | 'unknown'
  /** When it began with this session, in milliseconds since 1970. */
  since: number
  /** A name of its file was written down. */
  hasSentName?: true
  /** The fields that were written down last, as JSON. */
  sentFields?: string
  /** The file is gone, while the process may still end. */
  gone?: { readonly wasAlive: boolean; readonly hasSuccessor: boolean }
  /** Path of a file that newer versions keep beside their process file and remove with it. */
  key?: string | undefined
}

/**
 * How long a new process without a status may take to replace its session id. It is reported as soon as it has a status, which
 * versions that follow their session always get: an interactive one reads its transcript first, which took 14 s on a very busy machine.
 */
export const HOLD_MS = 30_000
const HOLD_OLD_MS = 5_000
const HOLD_PRINT_MS = 250

/** How long to wait for the final session id of a process that has no status yet. */
export function holdOf(file: ProcessFile): number {
  if (file.kind === 'print') return HOLD_PRINT_MS
  return getsStatus({ file }) ? HOLD_MS : HOLD_OLD_MS
}

/** Whether the session id may not be final: that of `--continue`, and of `--resume` in old versions, follows before the first status. */
export function mayChangeId({ activity }: ProcessFile): boolean {
  return activity === undefined
}

/** Whether the process writes a status as soon as its session id is final. */
export function getsStatus({ file: { kind, followsSession } }: Pick<ClaudeProcess, 'file'>): boolean {
  return kind !== 'print' && followsSession
}

export function hasStatus({ file, gone }: ClaudeProcess): boolean {
  return file.activity !== undefined && gone === undefined
}

export function sessionOf({ movedTo, file }: ClaudeProcess): string {
  return movedTo ?? file.sessionId
}

export function configDirOf(claude: Pick<ClaudeProcess, 'path'>): string {
  return path.dirname(path.dirname(claude.path))
}

export function identityOf({ pid, procStart, startedAt }: ProcessFile): string {
  return `${pid}:${procStart ?? startedAt}`
}

export function isSameProcess(a: ProcessFile, b: ProcessFile): boolean {
  return identityOf(a) === identityOf(b)
}

export function isSameState(a: ProcessFile, b: ProcessFile): boolean {
  return (
    a.activity === b.activity &&
    a.waitingFor === b.waitingFor &&
    a.activityAt === b.activityAt &&
    a.name === b.name &&
    a.version === b.version
  )
}

/** Whether the process of a file ran a session that is remembered. */
export function isRunBy(session: LivingSession, { pid, procStart }: ProcessFile): boolean {
  return session.pid === pid && session.procStart === procStart
}

/** The key of a process: `PID.HASH.key`, beside its process file. Of several, older ones are of dead processes with the same id. */
export function findKey(processFile: string): string | undefined {
  const folder = path.dirname(processFile)
  const prefix = `${path.basename(processFile, '.json')}.`
  let newest: { file: string; at: number } | undefined
  try {
    for (const name of readdirSync(folder)) {
      if (!name.startsWith(prefix) || !name.endsWith('.key')) continue
      const file = path.join(folder, name)
      const at = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
      if (newest === undefined || at > newest.at) newest = { file, at }
    }
  } catch {
    // The folder cannot be listed: nothing is known of a key.
  }
  return newest?.file
}
