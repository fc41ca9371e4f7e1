/** A time in which no collector saw what happened, in milliseconds since 1970. */
export interface Gap {
  readonly from: number
  readonly to: number
}

/** A collector that is killed loses what it has seen in the last moment. */
const LOST_MS = 2_000
/** Between the first heartbeat of a collector and its first look at every file. */
const FIRST_LOOK_MS = 1_000

export function gapBetween(stopped: number, started: number): Gap {
  return { from: stopped - LOST_MS, to: started + FIRST_LOOK_MS }
}

export function gapAt(gaps: readonly Gap[], at: number): Gap | undefined {
  return gaps.find(({ from, to }) => at > from && at < to)
}
