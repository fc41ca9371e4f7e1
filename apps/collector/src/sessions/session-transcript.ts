import path from 'node:path'
import type { ClaudeField } from '@signalbox/contract/claude-session'
import type { Activity, WaitingFor } from '@signalbox/contract/session'
import type { ObservedEvent } from '@signalbox/contract/session-observation'
import { contextLimit } from './context-limit.ts'
import { readRow, type TranscriptRow } from './transcript-row.ts'
import { TranscriptTail } from './transcript-tail.ts'

export interface TimedEvent {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly event: ObservedEvent
}

export interface TimedActivity {
  readonly at: number
  readonly activity: Activity
  readonly waitingFor?: WaitingFor | undefined
}

/** What new rows of a transcript say. */
export interface TranscriptNews {
  readonly events: readonly TimedEvent[]
  /** Each change of the activity, oldest first. */
  readonly activities: readonly TimedActivity[]
  /** The latest time of a row of the conversation; undefined when there was none. */
  readonly rowAt: number | undefined
  /** The latest time of a row about a command of the client; undefined when there was none. */
  readonly noteAt: number | undefined
  readonly endedAgents: readonly string[]
}

/** Values of fields that the transcript knows; `null` says that it no longer does. */
export type TranscriptFields = { [name in ClaudeField]?: string | number | null }

/** The main transcript of one session, read from where it was left. */
export class SessionTranscript {
  readonly file: string
  /** The session, by the name of the file. */
  readonly session: string
  readonly #tail: TranscriptTail
  readonly fields: TranscriptFields = {}
  /** Fields that new rows have named again, with whatever value: other sources may have said something else in between. */
  readonly renewed = new Set<string>()
  /** The folder and the entry point of the last row that has them. */
  cwd: string | undefined
  entrypoint: string | undefined
  activity: TimedActivity | undefined
  /** The client has written its final sums, and no row of the conversation after them. */
  isClosed = false
  #hasTurnRows = false
  #lastAt = 0

  constructor(file: string) {
    this.file = file
    this.session = path.basename(file, '.jsonl').toLowerCase()
    this.#tail = new TranscriptTail(file)
  }

  hasNew(size: number): boolean {
    return this.#tail.hasNew(size)
  }

  /** @param since rows from before it give no events and no changes of activity; they may be copies from another session */
  read(since: number): TranscriptNews {
    const news = {
      events: [] as TimedEvent[],
      activities: [] as TimedActivity[],
      rowAt: undefined as number | undefined,
      noteAt: undefined as number | undefined,
      endedAgents: [] as string[],
    }
    this.#tail.read((line) => {
      const row = readRow(line)
      if (row === undefined) return
      this.#keepFields(row)
      if (row.isCostState) this.isClosed = true
      if (row.endedAgent !== undefined) news.endedAgents.push(row.endedAgent)
      const at = row.at ?? this.#lastAt
      this.#lastAt = at
      if (row.step !== undefined && row.step !== 'note') {
        this.isClosed = false
        if (at >= since) news.rowAt = Math.max(at, news.rowAt ?? 0)
      }
      if (row.step === 'note' && row.at !== undefined && row.at >= since) news.noteAt = row.at
      const activity = this.#toActivity(row, at)
      if (activity !== undefined) {
        this.activity = activity
        if (at >= since) news.activities.push(activity)
      }
      const event = this.#toEvent(row)
      if (event !== undefined && at >= since) news.events.push({ at, event })
    })
    return news
  }

  #keepFields(row: TranscriptRow): void {
    const { fields } = this
    if (row.model !== undefined) {
      this.renewed.add('model')
      fields.model = row.model
      fields.turn_error = null
    }
    if (row.branch !== undefined) fields.branch = row.branch
    if (row.version !== undefined) fields.version = row.version
    if (row.effort !== undefined) fields.effort = row.effort
    if (row.permissionMode !== undefined) fields.permission_mode = row.permissionMode
    if (row.name !== undefined) fields.name = row.name
    if (row.error !== undefined) fields.turn_error = row.error
    if (row.contextTokens !== undefined) {
      this.renewed.add('context_tokens')
      fields.context_tokens = row.contextTokens
      const limit = contextLimit(String(fields.model ?? ''))
      // Another model may have been used before.
      if (limit !== undefined || fields.context_limit !== undefined) fields.context_limit = limit ?? null
    }
    this.cwd = row.cwd ?? this.cwd
    this.entrypoint = row.entrypoint ?? this.entrypoint
  }

  /** @returns the activity that begins with this row; undefined when it goes on */
  #toActivity({ step }: TranscriptRow, at: number): TimedActivity | undefined {
    if (step === undefined || step === 'note') return undefined
    const activity: Activity = step === 'prompt' || step === 'working' ? 'working' : step === 'asking' ? 'waiting' : 'idle'
    if (this.activity?.activity === activity && step !== 'prompt') return undefined
    return { at, activity, ...(activity === 'waiting' ? { waitingFor: 'input' as const } : {}) }
  }

  #toEvent(row: TranscriptRow): ObservedEvent | undefined {
    if (row.compacted !== undefined) return { kind: 'compacted', reason: row.compacted }
    if (row.durationMs !== undefined) {
      this.#hasTurnRows = true
      return { kind: 'turn-ended', duration_ms: row.durationMs }
    }
    switch (row.step) {
      case 'prompt':
        return { kind: 'prompt' }
      case 'interrupted':
        return { kind: 'interrupted' }
      case 'failed':
        return { kind: 'turn-failed', reason: row.error ?? 'unknown' }
      case 'ended':
        // The interactive client writes a row of its own for the end of a turn, with its duration.
        return this.#hasTurnRows || this.entrypoint === 'cli' ? undefined : { kind: 'turn-ended' }
      default:
        return undefined
    }
  }
}
