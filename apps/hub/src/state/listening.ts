/** A span of the wall clock in which the hub may have received no heartbeats, or an instant at which its clock was set back. */
export interface Gap {
  readonly from: number
  readonly to: number
  /** Negative: by how much the clock was set back at `to`, in milliseconds; the span is empty then. Otherwise 0. */
  readonly step: number
}

const DAY_MS = 86_400_000

/** What is due some time after a heartbeat. */
export interface Due {
  readonly due_at: number | null
  readonly last_heartbeat: number
}

/**
 * The time for which the hub has received heartbeats. A record is overdue after its interval of that time without
 * a heartbeat: a gap moves the moment by its own length, and never by a whole interval.
 */
export class Listening {
  /** Their ends ascend. */
  #gaps: Gap[] = []
  readonly #longestMs: number

  /**
   * @param gaps in the order in which they were noticed
   * @param longestMs the longest time without a heartbeat after which anything is overdue
   */
  constructor(gaps: readonly Gap[] = [], longestMs = DAY_MS) {
    this.#longestMs = longestMs
    for (const gap of gaps) this.add(gap)
  }

  add(gap: Gap): void {
    // Instants after a step back come a second time, and heartbeats of then must not count gaps of before.
    if (gap.step < 0) this.#gaps = this.#gaps.map((known) => endedBefore(known, gap.to))
    this.#gaps.push(gap)
  }

  /** As it is now, whatever is added later. */
  copy(): Listening {
    const copy = new Listening([], this.#longestMs)
    copy.#gaps = [...this.#gaps]
    return copy
  }

  /** No record with a later `due_at` is overdue now. After the clock was set back, some are before their `due_at`. */
  latestDue(now: number): number {
    let latest = now
    for (const { to, step } of this.#gaps) if (to > now - this.#longestMs) latest -= step
    return latest
  }

  /** The instant from which a record is overdue; undefined while it is not monitored. */
  overdueAt({ due_at, last_heartbeat }: Due): number | undefined {
    if (due_at === null) return undefined
    let first = this.#gaps.length
    while (first > 0 && this.#gaps[first - 1]!.to > last_heartbeat) first--
    let due = due_at
    for (let index = first; index < this.#gaps.length; index++) {
      const { from, to, step } = this.#gaps[index]!
      // It was overdue before.
      if (from >= due) break
      due += to - Math.max(from, last_heartbeat) + step
    }
    return due
  }
}

function endedBefore(gap: Gap, end: number): Gap {
  return gap.to <= end ? gap : { from: end - (gap.to - gap.from), to: end, step: gap.step }
}
