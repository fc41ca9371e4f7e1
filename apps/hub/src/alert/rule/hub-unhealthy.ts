import type { HubHealth } from '../facts.ts'
import { type Judged, listedKind } from './listed-kind.ts'
import type { Parameters } from './parameters.ts'
import type { Verdict } from './rule-kind.ts'
import { durationText, instantValue, oneLine } from './words.ts'

/** How long the event loop has to be late, and a notice to wait, in milliseconds. */
const SLOW_FOR_MS = 30_000
const NOTICE_FOR_MS = 5 * 60_000
/** The share of the disk from which it is nearly full. */
export const FULL_DISK = 0.9

/** What may be wrong with a hub; each is a subject of its own, so that one does not hide the next. */
export const hubUnhealthy = listedKind<Parameters<'hub_unhealthy'>>({
  kind: 'hub_unhealthy',
  severity: 'critical',
  async list(facts, _, now) {
    const health = await facts.hub()
    const causes = [judgeStore(health), judgeDisk(health), judgeEventLoop(health, now), judgeMirror(health), judgeNotices(health, now)]
    return (['store', 'disk', 'event_loop', 'json_files', 'notices'] as const).map((key, index): Judged => {
      return { subject: { key, about: {} }, verdict: causes[index]! }
    })
  },
})

const clear: Verdict = { verdict: 'clear' }

function critical(since: number, summary: string, values: Record<string, string | number | boolean>): Verdict {
  return { verdict: 'holds', since, severity: 'critical', summary, values }
}

function judgeStore({ store }: HubHealth): Verdict {
  return store === undefined ? clear : critical(store.since, `The hub cannot write its database: ${oneLine(store.problem)}`, {})
}

function judgeDisk({ disk }: HubHealth): Verdict {
  if (disk === undefined || disk.used < FULL_DISK) return clear
  return critical(disk.since, `The disk of the hub is nearly full: ${FULL_DISK * 100}% or more is used`, {
    used_percent: Math.round(disk.used * 1_000) / 10,
  })
}

function judgeEventLoop({ slow_since: since }: HubHealth, now: number): Verdict {
  if (since === undefined) return clear
  if (now < since + SLOW_FOR_MS) return { verdict: 'clear', next_at: since + SLOW_FOR_MS }
  const summary = `The hub is overloaded: for more than ${durationText(SLOW_FOR_MS)} each of its turns has taken more than a second`
  return critical(since + SLOW_FOR_MS, summary, { slow_since: instantValue(since) })
}

function judgeMirror({ mirror }: HubHealth): Verdict {
  return mirror === undefined
    ? clear
    : critical(mirror.since, `The hub cannot write the JSON files of snapshots: ${oneLine(mirror.problem)}`, {})
}

function judgeNotices({ oldest_notice_at: at }: HubHealth, now: number): Verdict {
  if (at === undefined) return clear
  if (now < at + NOTICE_FOR_MS) return { verdict: 'clear', next_at: at + NOTICE_FOR_MS }
  const summary = `Alerts are late: one has waited for more than ${durationText(NOTICE_FOR_MS)} although its channel is well`
  return critical(at + NOTICE_FOR_MS, summary, { waiting_since: instantValue(at) })
}
