/**
 * The oldest version of Claude Code that was seen to restore the cost of a session with `--resume`, and to begin anew with `/clear`.
 * 2.1.200 gives the cost of the process, whichever sessions it ran.
 */
export const FIRST_WITH_SESSION_COST = '2.1.274'

/** Compares versions such as 2.1.332. @returns a number below 0, 0, or above 0 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map((part) => Number.parseInt(part, 10) || 0))
  for (let at = 0; at < 3; at++) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
