import os from 'node:os'
import type { Ahead, Aspect, Late, Shown, Wrong } from './checker.ts'
import type { Missing } from './compare-timelines.ts'
import type { EvidenceEvent } from './evidence.ts'

export interface ProofResult {
  readonly seed: number
  readonly durationMs: number
  /** Changes of the truth, of any length. */
  readonly changes: number
  readonly superseded: number
  readonly shown: readonly Shown[]
  readonly wrong: readonly Wrong[]
  /** What was right after its limit. */
  readonly late: readonly Late[]
  /** What hooks reported before the client's file did. */
  readonly ahead: readonly Ahead[]
  readonly missing: readonly Missing[]
  /** Faults of the walk itself. */
  readonly problems: readonly string[]
  /** Steps that did not go on; the person killed the client and began with another. */
  readonly stuck: readonly string[]
  /** What was done, with the seconds since the start. */
  readonly steps: readonly string[]
  readonly sessions: number
  /** Sessions whose tokens were compared at the end. */
  readonly usages: number
  /** Processes that wanted a core, on average. */
  readonly load: number
  /** The share of the time of all cores that the host gave to other machines; undefined where the system does not say. */
  readonly stolen: number | undefined
  /** Of sessions that were wrong or late, or miss something: everything that is known about them. */
  readonly evidence: readonly { readonly id: string; readonly events: readonly EvidenceEvent[] }[]
  /** Of hub and collector. */
  readonly log: string
}

const aspects: readonly (readonly [Aspect, string])[] = [
  ['state', 'state of a process'],
  ['failed', 'killed process'],
  ['facts', 'facts of transcripts'],
  ['outage', 'right after an outage'],
]

/** Describes a result for people. */
export function describeResult(result: ProofResult): string {
  const { seed, durationMs, changes, superseded, shown, wrong, late, ahead, missing, problems, stuck, sessions, usages, load, stolen } =
    result
  const transitions = shown.filter(({ isTransition }) => isTransition).length
  const lines = [
    `seed ${seed}: ${sessions} sessions, ${changes} changes in ${Math.round(durationMs / 1000)} s, ${load.toFixed(1)} processes at work on ${os.availableParallelism()} cores${stolen === undefined ? '' : `, ${Math.round(stolen * 100)} % of their time stolen by the host`}`,
    `${transitions} transitions compared, ${superseded} replaced by the next before the board was read; usage of ${usages} sessions compared`,
    `${wrong.length} wrong, ${missing.length} missing in timelines, ${late.length} late`,
    ...(ahead.length === 0
      ? []
      : [`${ahead.length} on the board before the client's file said so, at most ${Math.max(...ahead.map(({ byMs }) => byMs))} ms`]),
    ...aspects.flatMap(([aspect, name]) => {
      const times = shown.filter((one) => one.aspect === aspect).sort((a, b) => a.latencyMs - b.latencyMs)
      const slowest = times.at(-1)
      if (slowest === undefined) return []
      const at = (share: number) => `${times[Math.min(times.length - 1, Math.floor(share * times.length))]!.latencyMs} ms`
      return [`${name}: ${times.length}, median ${at(0.5)}, p99 ${at(0.99)}, slowest ${slowest.latencyMs} ms (${slowest.what})`]
    }),
    ...wrong.map(({ aspect, sessionId, what, afterMs, differences }) => {
      const fields = differences.map(({ field, truth, shown }) => `${field}: true ${truth}, shown ${shown}`).join('; ')
      return `WRONG ${aspect} ${sessionId} ${what}, ${afterMs} ms after: ${fields}`
    }),
    ...late.map(({ aspect, sessionId, what, afterMs }) => `LATE ${aspect} ${sessionId} ${what}: right after ${afterMs} ms`),
    ...missing.map(
      ({ sessionId, what, at, rows }) => `MISSING ${sessionId} ${what} at ${at}; the timeline has ${rows.join(', ') || 'nothing near'}`,
    ),
    ...stuck.map((step) => `STUCK ${step}`),
    ...problems.map((problem) => `PROBLEM ${problem}`),
  ]
  return lines.join('\n')
}
