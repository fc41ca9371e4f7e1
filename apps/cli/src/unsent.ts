import { formatDuration } from '@signalbox/contract/duration-text'

interface Sending {
  readonly problem?: string | undefined
  readonly suggestion?: string | undefined
  readonly next_attempt_at?: string | undefined
}

/** Why something does not reach the hub, and when it is tried again. */
export function unsent(what: string, { problem, suggestion, next_attempt_at }: Sending, running: boolean, now: number): string | undefined {
  if (problem === undefined) return undefined
  const next =
    running && next_attempt_at !== undefined ? `Next attempt in ${formatDuration(Date.parse(next_attempt_at) - now)}.` : undefined
  return [`${what} cannot be sent: ${problem}`, suggestion, next].filter((part) => part !== undefined).join(' ')
}
