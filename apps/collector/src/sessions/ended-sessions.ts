import type { SessionObservation } from '@signalbox/contract/session-observation'
import { toInstant } from './process-observation.ts'

interface Ended {
  readonly observation: SessionObservation
  readonly at: number
  /** The hub was sent it again. */
  isRepeated?: true
}

/** Ends that are remembered, for a hub that has missed one. */
const MAX_REMEMBERED_ENDS = 1_000

/** The sessions that have ended in this run of the collector. */
export class EndedSessions {
  readonly #ended = new Map<string, Ended>()

  has(id: string): boolean {
    return this.#ended.has(id)
  }

  /** When the session ended, in milliseconds since 1970. */
  endedAt(id: string): number | undefined {
    return this.#ended.get(id)?.at
  }

  remember(id: string, observation: SessionObservation, at: number): void {
    this.#ended.set(id, { observation, at })
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= MAX_REMEMBERED_ENDS) break
      this.#ended.delete(oldest)
    }
  }

  /** The session goes on. */
  forget(id: string): void {
    this.#ended.delete(id)
  }

  /**
   * The end of a session for a hub that takes it for alive.
   * @param behindMs how far the clock of this machine is behind the hub's
   */
  repeat(id: string, now: number, behindMs: number): SessionObservation | undefined {
    const ended = this.#ended.get(id)
    if (ended === undefined) return undefined
    // A hub that still takes it for alive has seen it alive later than that.
    const at = toInstant((ended.isRepeated ? now : ended.at) + Math.max(0, behindMs))
    ended.isRepeated = true
    return { ...ended.observation, observation_id: `${ended.observation.observation_id}:${now}`, at }
  }
}
