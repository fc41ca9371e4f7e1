import { limitSourceTraits } from '@signalbox/contract/limit-source'
import { type LimitSnapshot, type PlanWindow, SAME_RESET_MS, snapshotTime, windowKey, windowTime } from './limit-snapshot.ts'

/** A window and the snapshot that it comes from. */
export interface WinningWindow {
  readonly window: PlanWindow
  readonly from: LimitSnapshot
}

/** How much older a percentage may be than an unreadable window that it replaces, in milliseconds. */
export const UNREADABLE_FALLBACK_MS = 15 * 60_000

/**
 * Whether a snapshot has all windows of the plan. One that names no source has, and so has one of a source that only a newer
 * version knows.
 */
export function coversWholePlan({ source }: Pick<LimitSnapshot, 'source'>): boolean {
  return source === undefined || limitSourceTraits[source]?.coversWholePlan !== false
}

/**
 * Selects, for each window of a plan, the newest value. Three rules restrict this:
 * - A window that is missing in the newest whole snapshot is not part of the plan.
 * - A source without the whole plan that does not say how old a value is (`asOf`), as status lines of earlier versions, never
 *   lowers a percentage within one window and never restores a window that has ended.
 * - An unreadable window does not replace a percentage that another source read up to `UNREADABLE_FALLBACK_MS` before.
 * @param snapshots of one account, in any order; the newest of each machine and source is enough
 */
export function winningWindows(snapshots: readonly LimitSnapshot[]): WinningWindow[] {
  const newestFirst = [...snapshots].sort((a, b) => snapshotTime(b) - snapshotTime(a) || b.receivedAt - a.receivedAt)
  const whole = newestFirst.filter(coversWholePlan)
  const winners = new Map<string, WinningWindow>()
  const consider = (window: PlanWindow, from: LimitSnapshot) => {
    const key = windowKey(window)
    const current = winners.get(key)
    if (current === undefined || replaces({ window, from }, current)) winners.set(key, { window, from })
  }
  const [newest] = whole
  for (const window of newest?.windows ?? []) consider(window, newest as LimitSnapshot)
  for (const older of whole.slice(1)) {
    for (const window of older.windows) if (winners.has(windowKey(window))) consider(window, older)
  }
  // Oldest first, so that each partial snapshot is compared with the values before it.
  for (const snapshot of newestFirst.filter((one) => !coversWholePlan(one)).reverse()) {
    for (const window of snapshot.windows) consider(window, snapshot)
  }
  return [...winners.values()].filter(({ window }) => window.state !== 'absent')
}

/** Whether a plan may have a 5-hour limit: that it has none is known from a source with all windows only. */
export function mayHaveSessionLimit(snapshots: readonly LimitSnapshot[]): boolean {
  const whole = snapshots.filter(coversWholePlan)
  const newest = whole.reduce<LimitSnapshot | undefined>(
    (a, b) => (a === undefined || snapshotTime(b) > snapshotTime(a) ? b : a),
    undefined,
  )
  return newest === undefined || newest.isPartial || winningWindows(snapshots).some(({ window }) => window.kind === 'session')
}

/** Whether a candidate replaces the window that was selected before it. */
function replaces(candidate: WinningWindow, current: WinningWindow): boolean {
  const [candidateTime, currentTime] = [candidate, current].map(({ window, from }) => windowTime(window, from)) as [number, number]
  if (current.window.state === 'unreadable' && candidate.window.percentUsed !== undefined) {
    return candidateTime > currentTime - UNREADABLE_FALLBACK_MS
  }
  if (coversWholePlan(candidate.from)) return false
  if (candidate.window.asOf !== undefined) return candidate.window.percentUsed !== undefined && candidateTime > currentTime
  return supersedesWindow(candidate.window, candidateTime, current.window, currentTime)
}

/** Whether a window whose value may be old supersedes the known one: it is newer, and further along or of a later window. */
export function supersedesWindow(reported: PlanWindow, reportedAt: number, known: PlanWindow, knownAt: number): boolean {
  if (reported.percentUsed === undefined || reportedAt <= knownAt) return false
  if (known.percentUsed === undefined || known.state === 'idle') return true
  if (reported.resetsAt === undefined || known.resetsAt === undefined) return reported.percentUsed > known.percentUsed
  const resetDifference = reported.resetsAt - known.resetsAt
  if (Math.abs(resetDifference) < SAME_RESET_MS) return reported.percentUsed > known.percentUsed
  return resetDifference > 0
}
