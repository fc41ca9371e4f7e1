import type { NewEvent } from '../store/store.ts'
import type { MachineRecord } from './machine.ts'
import type { SessionRecord } from './session-record.ts'
import type { TaskRecord } from './task-record.ts'

/** A slot of a machine and the live session that holds it. */
export interface TakenSlot {
  readonly slot: number
  readonly session_id: string
}

/** One session and what belongs to it, as it is at this moment. A store hands it to a decision. */
export interface Held {
  readonly session: SessionRecord | undefined
  /** All of them, oldest first, where the decision asked for them; else empty. */
  readonly tasks: readonly TaskRecord[]
  /** The machine asked for; undefined where there is none. */
  readonly machine: MachineRecord | undefined
  /** Slots of that machine that are held by live sessions. */
  readonly taken: readonly TakenSlot[]
}

/** What a decision needs to know besides the session itself. */
export interface Needs {
  readonly tasks?: boolean
  /** `own`: that of the session. */
  readonly machine?: { readonly id: string } | 'own'
  /** There is no hurry: it may be written together with what comes in the next milliseconds. */
  readonly patient?: boolean
}

/** What is to be written, all of it or nothing. */
export interface Outcome<T> {
  /** As it is from now on; absent when it stays as it is. */
  readonly session?: SessionRecord
  /** New and changed ones. */
  readonly tasks?: readonly TaskRecord[]
  readonly tasksGone?: readonly string[]
  /** The session and all of its tasks go. */
  readonly gone?: true
  /** A machine that was not known, to be registered. */
  readonly machine?: MachineRecord
  /** Of the session: a sign of life of its machine too. */
  readonly beats?: true
  readonly events: readonly NewEvent[]
  /** Can be written as JSON: it is what a repeated request is answered with. */
  readonly result: T
}

/** Pure, and free of side effects: a store may ask it again when somebody else was faster. @throws HubError */
export type Decision<T> = (held: Held) => Outcome<T>

/** The hub's settings that decide about state, and the time. */
export interface Rules {
  /** Milliseconds of silence after which a session that promised nothing is stalled. */
  readonly stallMs: number
  /** Milliseconds of silence after which a machine is offline. */
  readonly machineOfflineMs: number
}
