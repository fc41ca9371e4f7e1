import type { CollectorCondition } from '../hub/collector-state.ts'
import type { IndicatorColor } from '../ui/status-indicator.tsx'

export const collectorColors: Readonly<Record<CollectorCondition, IndicatorColor>> = {
  connected: 'green',
  behind: 'amber',
  refused: 'red',
  lost: 'off',
  stopped: 'off',
}

const sourceColors: Readonly<Record<string, IndicatorColor>> = { ok: 'green', failing: 'red', needs_login: 'amber' }

/**
 * The colour of the state of a source; one that is off, waits or is new has none. Neither has one whose collector is not in
 * contact: what it said last may no longer be so.
 */
export function sourceColor(state: string, condition: CollectorCondition): IndicatorColor {
  if (condition === 'lost' || condition === 'stopped') return 'off'
  return Object.hasOwn(sourceColors, state) ? (sourceColors[state] as IndicatorColor) : 'off'
}
