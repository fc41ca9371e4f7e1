import type { NewEvent } from '../event/new-event.ts'
import type { MachineRecord } from './machine-record.ts'
import type { SessionRecord } from './session-record.ts'
import type { TaskRecord } from './task-record.ts'

/** A slot of a machine and the live session that holds it. */
export interface TakenSlot {
  readonly slot: number
  readonly session_id: string
  /** Since when the session is stalled; null while it is not. */
  readonly stalled_at: number | null
}

/** An observed event of a session, for its timeline. */
export interface ObservedRow {
  readonly session_id: string
  readonly observation_id: string
  /** When it happened, in milliseconds. */
  readonly at: number
  /** JSON; see observed-timeline.ts */
  readonly data: string
}

/** The read set of a decision: one session and what belongs to it, as the store has it at this moment. */
export interface LoadedSession {
  readonly session: SessionRecord | undefined
  /** All tasks of the session, oldest first, where the decision asked for them; else empty. */
  readonly tasks: readonly TaskRecord[]
  /** The machine asked for; undefined where there is none. */
  readonly machine: MachineRecord | undefined
  /** Slots of that machine that live sessions hold. */
  readonly taken: readonly TakenSlot[]
}

/** What a decision reads besides the session itself. */
export interface ReadSet {
  readonly tasks?: boolean
  /** `own`: the machine of the session. */
  readonly machine?: { readonly id: string } | 'own'
  /**
   * The texts that grow with a session (`claude_code`, `observed`, `history`, `metadata`) need not be read: of those that are not
   * null a store may give an empty text. They must not be changed.
   */
  readonly brief?: boolean
  /** The write may wait a few milliseconds to share a commit with others. */
  readonly deferrable?: boolean
}

/** Everything a decision writes, atomically. */
export interface ChangeSet<T> {
  /** The session as it is from now on; absent when it stays as it is. */
  readonly session?: SessionRecord
  /** New and changed tasks. */
  readonly tasks?: readonly TaskRecord[]
  readonly tasksGone?: readonly string[]
  /** Removes the session and all of its tasks. */
  readonly gone?: true
  /** A machine to be registered, because it was not known. */
  readonly machine?: MachineRecord
  /** Observed events of the session; those that are stored already stay as they are. */
  readonly observed?: readonly ObservedRow[]
  /** The write counts as a heartbeat of the session's machine too. */
  readonly machineHeartbeat?: true
  readonly events: readonly NewEvent[]
  /** Can be written as JSON: a repeated request is answered with it. */
  readonly result: T
}

/** Pure: a store runs it again when another write came first. @throws HubError */
export type Decision<T> = (state: LoadedSession) => ChangeSet<T>

/** The read set of a decision about a machine, as the store has it at this moment. */
export interface LoadedMachine {
  readonly machine: MachineRecord | undefined
  readonly taken: readonly TakenSlot[]
  /** Live sessions on it, with or without a slot. */
  readonly sessions: number
}

export interface MachineChangeSet<T> {
  readonly machine?: MachineRecord
  /** Removes the machine. */
  readonly gone?: true
  readonly events: readonly NewEvent[]
  readonly result: T
}

/** A decision about a machine; see `Decision`. @throws HubError */
export type MachineDecision<T> = (state: LoadedMachine) => MachineChangeSet<T>

/** The hub's settings that decide about state. */
export interface Rules {
  /** Milliseconds without a heartbeat after which a session that named no interval is stalled. */
  readonly stallMs: number
  /** Milliseconds without a heartbeat after which a machine is offline. */
  readonly machineOfflineMs: number
  /** Milliseconds after which a stalled session is failed, unless it says otherwise; 0 never. */
  readonly stalledFailMs: number
}
