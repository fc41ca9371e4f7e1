import { clockOffset } from '@signalbox/client/clock-offset'
import { useSyncExternalStore } from 'react'
import { useNow } from '../ui/use-now.ts'

let offset = 0
const listeners = new Set<() => void>()

function setOffset(next: number): void {
  if (next === offset) return
  offset = next
  for (const listener of listeners) listener()
}

/** Updates the offset from the `Date` header of a response. */
export function observeHubClock(date: string | null, sentAt: number, receivedAt: number): void {
  setOffset(clockOffset(date, sentAt, receivedAt, offset))
}

/** Restores the offset stored by an earlier visit, until the hub responds. */
export function restoreHubClock(known: number): void {
  setOffset(known)
}

export function hubClockOffset(): number {
  return offset
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The time on the hub's clock, in milliseconds, rounded to `step`: ages use it because the browser's clock may be wrong. */
export function useHubNow(step: number): number {
  const now = useNow(step)
  return now + useSyncExternalStore(subscribe, hubClockOffset)
}
