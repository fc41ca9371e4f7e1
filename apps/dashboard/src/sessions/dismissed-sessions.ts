import { useSyncExternalStore } from 'react'
import type { BoardSession } from '../hub/answer.ts'
import { stored } from '../ui/stored.ts'

/** When each dismissed session had ended, by its id. One that was recovered since, and ends again, is shown again. */
export type DismissedSessions = ReadonlyMap<string, string>

const STORAGE_KEY = 'signalbox.dismissed'
/** Ended sessions leave the board by themselves; older entries are only for the table of all. */
const MAX_ENTRIES = 2_000

export const noneDismissed: DismissedSessions = new Map()

let dismissed: DismissedSessions | undefined
const listeners = new Set<() => void>()

function read(): DismissedSessions {
  try {
    const entries: unknown = JSON.parse(stored.read(STORAGE_KEY) ?? '[]')
    return new Map(Array.isArray(entries) ? entries.filter(isEntry) : [])
  } catch {
    return noneDismissed
  }
}

function isEntry(entry: unknown): entry is [string, string] {
  return Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string')
}

function write(next: Map<string, string>): void {
  dismissed = new Map([...next].slice(-MAX_ENTRIES))
  stored.write(STORAGE_KEY, JSON.stringify([...dismissed]))
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  const onStorage = ({ key }: StorageEvent) => {
    if (key !== STORAGE_KEY) return
    dismissed = undefined
    listener()
  }
  listeners.add(listener)
  window.addEventListener('storage', onStorage)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', onStorage)
  }
}

function current(): DismissedSessions {
  dismissed ??= read()
  return dismissed
}

/** Ended sessions that this browser does not show any more; other people still see them. */
export function useDismissed(): DismissedSessions {
  return useSyncExternalStore(subscribe, current)
}

export function isDismissed({ session_id, completed_at }: BoardSession, all: DismissedSessions): boolean {
  return completed_at !== undefined && all.get(session_id) === completed_at
}

/** Dismisses ended sessions; live ones stay. */
export function dismiss(sessions: readonly BoardSession[]): void {
  const next = new Map(current())
  for (const { session_id, completed_at } of sessions) if (completed_at !== undefined) next.set(session_id, completed_at)
  write(next)
}

export function restore(sessions: readonly BoardSession[]): void {
  const next = new Map(current())
  for (const { session_id } of sessions) next.delete(session_id)
  write(next)
}
