import type { ClaudeTask } from '@signalbox/contract/claude-session'

/** A call of a tool that has begun and not ended. */
export interface OpenCall {
  readonly id: string
  readonly tool: string
  /** A hash of the input, which stays on this machine. */
  readonly input: string
  readonly agent: string | undefined
}

/** Something that a person must answer. */
export interface Wait {
  readonly for: 'permission' | 'input'
  readonly agent: string | undefined
  /** What is waited for; absent when only a notification said so. */
  readonly tool?: string | undefined
  readonly input?: string | undefined
}

/** What must be remembered of a session's events to understand the next one. */
export interface SessionMemory {
  readonly calls: readonly OpenCall[]
  readonly waits: readonly Wait[]
  /** Claude Code's own tasks, because an update has only the id. */
  readonly tasks: Readonly<Record<string, ClaudeTask>>
  /** How many events of one kind there were, about one prompt, subagent or task; the newest last. */
  readonly counts: Readonly<Record<string, number>>
  /** Whether the last turn has left something running. */
  readonly background: boolean
  /** When its last event was. */
  readonly seenAt: number
}

export const emptyMemory: SessionMemory = { calls: [], waits: [], tasks: {}, counts: {}, background: false, seenAt: 0 }

const MAX_CALLS = 100
const MAX_WAITS = 50
const MAX_TASKS = 200
const MAX_COUNTS = 50

/** Bounds what a hostile or endless session can make us remember. */
export function limitMemory(memory: SessionMemory): SessionMemory {
  return {
    ...memory,
    calls: memory.calls.slice(-MAX_CALLS),
    waits: memory.waits.slice(-MAX_WAITS),
    tasks: lastOf(memory.tasks, MAX_TASKS),
    counts: lastOf(memory.counts, MAX_COUNTS),
  }
}

function lastOf<T>(all: Readonly<Record<string, T>>, max: number): Readonly<Record<string, T>> {
  const entries = Object.entries(all)
  return entries.length > max ? Object.fromEntries(entries.slice(-max)) : all
}
