/** A session that a collector holds. */
export interface HeldReport {
  readonly budget_id: string
  readonly session_id: string
  /** Milliseconds. */
  readonly held_at: number
}

/** The sessions that the collector of a machine holds. */
export interface MachineHeld {
  readonly machine_id: string
  readonly held: readonly HeldReport[]
  /** When it said so last, in milliseconds. */
  readonly at: number
}

/** Collectors repeat what they hold every few seconds. In milliseconds. */
export const HELD_REPORT_TTL_MS = 60_000

/** What collectors hold now. Each says it anew every few seconds, to any hub. */
export interface HeldReports {
  /** Stores what a machine holds, nothing included. @returns what was stored of it before, however old */
  report(report: MachineHeld): Promise<MachineHeld | undefined>
  list(): Promise<readonly MachineHeld[]>
}
