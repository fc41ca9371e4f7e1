import { type LimitSnapshot, type PlanWindow, SAME_RESET_MS, windowKey } from './limit-snapshot.ts'

/** A window, and the snapshot that speaks for it. */
export interface WonWindow {
  readonly window: PlanWindow
  readonly from: LimitSnapshot
}

/** Milliseconds for which an older percentage stands where a newer reading only says that it could not read it. */
export const STILL_GOOD_MS = 15 * 60_000

/** A status line knows two windows of a plan, and of these only what its session was last told; the others know all. */
export const speaksOfWholePlan = (snapshot: LimitSnapshot) => snapshot.source !== 'statusline'

/**
 * Which window wins where several sources speak of one plan: the freshest that can speak of it.
 * Three exceptions. A window that the newest whole reading does not have is not on the plan, whatever older ones say.
 * A status line never lowers a percentage of the same window, nor brings a window back that is over: its session may have
 * been told long ago. And what could not be read does not hide what another source read a quarter of an hour before.
 * @param snapshots of one account, in any order; of each machine and source the newest is enough
 */
export function winningWindows(snapshots: readonly LimitSnapshot[]): WonWindow[] {
  const newestFirst = [...snapshots].sort((a, b) => b.capturedAt - a.capturedAt || b.receivedAt - a.receivedAt)
  const whole = newestFirst.filter(speaksOfWholePlan)
  const won = new Map<string, WonWindow>()
  const consider = (window: PlanWindow, from: LimitSnapshot) => {
    const key = windowKey(window)
    const before = won.get(key)
    if (before === undefined || beats({ window, from }, before)) won.set(key, { window, from })
  }
  const [newest] = whole
  for (const window of newest?.windows ?? []) consider(window, newest as LimitSnapshot)
  for (const older of whole.slice(1)) {
    for (const window of older.windows) if (won.has(windowKey(window))) consider(window, older)
  }
  // From the oldest, so that each is measured against what is known by then.
  for (const line of newestFirst.filter((one) => !speaksOfWholePlan(one)).reverse()) {
    for (const window of line.windows) consider(window, line)
  }
  return [...won.values()].filter(({ window }) => window.state !== 'absent')
}

/** Whether one takes the place of another that was considered before it. */
function beats(one: WonWindow, other: WonWindow): boolean {
  if (other.window.state === 'unreadable' && one.window.percentUsed !== undefined) {
    return one.from.capturedAt > other.from.capturedAt - STILL_GOOD_MS
  }
  if (speaksOfWholePlan(one.from)) return false
  return mayReplace(one.window, one.from.capturedAt, other.window, other.from.capturedAt)
}

/** What a status line says of a window, against what is known of it. */
export function mayReplace(said: PlanWindow, saidAt: number, known: PlanWindow, knownAt: number): boolean {
  if (said.percentUsed === undefined || saidAt <= knownAt) return false
  if (known.percentUsed === undefined || known.state === 'idle') return true
  if (said.resetsAt === undefined || known.resetsAt === undefined) return said.percentUsed > known.percentUsed
  const later = said.resetsAt - known.resetsAt
  if (Math.abs(later) < SAME_RESET_MS) return said.percentUsed > known.percentUsed
  return later > 0
}
