import { useSyncExternalStore } from 'react'
import { useNow } from '../ui/use-now.ts'

/** An answer that took longer than this, in milliseconds, says too little about what time it is. */
const TOO_SLOW = 10_000

/**
 * How far the hub's clock is ahead of ours, in milliseconds; 0 as long as all that was heard agrees with that.
 * @param date a `Date` header: whole seconds, rounded down
 * @param asked and `heard`: milliseconds on our clock; the hub wrote the header in between
 * @param known what was thought before
 */
export function clockAhead(date: string | null, asked: number, heard: number, known: number): number {
  const written = Date.parse(date ?? '')
  if (Number.isNaN(written) || heard < asked || heard - asked > TOO_SLOW) return known
  const [least, most] = [written - heard, written + 1_000 - asked]
  if (least <= 0 && most >= 0) return 0
  return known >= least && known <= most ? known : (least + most) / 2
}

let ahead = 0
const listeners = new Set<() => void>()

function set(next: number): void {
  if (next === ahead) return
  ahead = next
  for (const listener of listeners) listener()
}

/** Every answer of the hub says what time it is there. */
export function hearHub(date: string | null, asked: number, heard: number): void {
  set(clockAhead(date, asked, heard, ahead))
}

/** What was known when the page was open the last time; until the hub itself is heard. */
export function rememberHubClock(known: number): void {
  set(known)
}

export function hubAhead(): number {
  return ahead
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The time on the hub's clock, in milliseconds, in steps: ages are counted by it, because ours may be wrong. */
export function useHubNow(step: number): number {
  const now = useNow(step)
  return now + useSyncExternalStore(subscribe, hubAhead)
}
