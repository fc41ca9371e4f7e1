const SHORTEST_MS = 25
const LONGEST_MS = 500

/**
 * The pause before something is asked once more: a tenth of the wait so far. Dozens of tests wait at once, and short pauses
 * would take the processor from what they wait for.
 * @param waitedMs since the first time
 */
export function pollPause(waitedMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(LONGEST_MS, Math.max(SHORTEST_MS, waitedMs / 10))))
}
