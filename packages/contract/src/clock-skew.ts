/** Clocks that differ by less than this, in milliseconds, do no harm. */
export const MAX_CLOCK_SKEW_MS = 120_000

/** From this difference on the hub refuses what is dated by the faster clock. */
export const REFUSED_CLOCK_SKEW_MS = 5 * 60_000

/**
 * What a difference between the clock of this machine and the hub's does, and how to end it.
 * @param ms how far this machine is ahead
 * @returns undefined when it does no harm
 */
export function describeClockSkew(ms: number | undefined): { readonly problem: string; readonly suggestion: string } | undefined {
  if (ms === undefined || Math.abs(ms) < MAX_CLOCK_SKEW_MS) return undefined
  const effect =
    ms > REFUSED_CLOCK_SKEW_MS
      ? 'the hub takes a snapshot only when its time has come'
      : ms > 0
        ? 'what it sends looks newer than it is'
        : 'what it sends looks older than it is'
  return {
    problem: `the clock of this machine is ${formatSpan(Math.abs(ms))} ${ms > 0 ? 'ahead of' : 'behind'} the hub's, so ${effect}`,
    suggestion: 'Set both clocks by NTP; nothing is lost.',
  }
}

/** What a collector says of itself, as far as its clock goes. */
export interface CollectorClock {
  readonly machine_id: string
  readonly state: string
  readonly clockSkewMs?: number | undefined
  readonly lastError?: { readonly category: string } | undefined
}

/** The words of `describeHeldLimits`; the page has them in other languages too. */
export const heldLimitsWords = {
  notYet: (machine: string, span: string) =>
    `Not yet: the clock of ${machine} is ${span} ahead of the hub's, which takes its limits only when their time has come. Set both clocks by NTP; nothing is lost.`,
  span: formatSpan,
}

/** Why the hub does not take what a collector has read, where that is its clock; a sentence for people elsewhere. */
export function describeHeldLimits(
  { machine_id, state, clockSkewMs = 0, lastError }: CollectorClock,
  words: typeof heldLimitsWords = heldLimitsWords,
): string | undefined {
  const isItsClock = state === 'ok' || (state === 'failing' && lastError?.category === 'CLOCK')
  if (clockSkewMs <= REFUSED_CLOCK_SKEW_MS || !isItsClock) return undefined
  return words.notYet(machine_id, words.span(clockSkewMs))
}

function formatSpan(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 120) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} hr` : `${Math.round(hours / 24)} days`
}
