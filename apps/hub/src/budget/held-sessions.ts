import type { HeldSession } from '@signalbox/contract/budget'
import { instantOf } from '../clock.ts'

/** Collectors repeat what they hold every few seconds. In milliseconds. */
const REPORT_TTL_MS = 60_000
const MAX_MACHINES = 10_000

export interface HeldReport {
  readonly budget_id: string
  readonly session_id: string
  /** Milliseconds. */
  readonly held_at: number
}

/** The sessions that collectors hold now, as they report them; another hub that shares the store does not know them. */
export class HeldSessions {
  readonly #reports = new Map<string, { readonly at: number; readonly held: readonly HeldReport[] }>()

  /** @returns whether it is another list than before */
  report(machine: string, held: readonly HeldReport[], now: number): boolean {
    const before = JSON.stringify(this.#reports.get(machine)?.held ?? [])
    if (held.length === 0) this.#reports.delete(machine)
    else if (this.#reports.has(machine) || this.#reports.size < MAX_MACHINES) this.#reports.set(machine, { at: now, held })
    return before !== JSON.stringify(held)
  }

  of(budget: string, now: number): HeldSession[] {
    return [...this.#reports].flatMap(([machine_id, { at, held }]) =>
      now - at > REPORT_TTL_MS
        ? []
        : held
            .filter(({ budget_id }) => budget_id === budget)
            .map(({ session_id, held_at }) => ({ session_id, machine_id, held_at: instantOf(held_at) })),
    )
  }
}
