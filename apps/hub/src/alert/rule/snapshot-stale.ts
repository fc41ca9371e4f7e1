import { changesLimits } from './limit-window.ts'
import { listedKind } from './listed-kind.ts'
import type { Parameters } from './parameters.ts'
import { judgePause } from './session-kind.ts'
import { durationText, instantValue, oneLine } from './words.ts'

export const snapshotStale = listedKind<Parameters<'snapshot_stale'>>({
  kind: 'snapshot_stale',
  severity: 'warning',
  touchesAll: changesLimits,
  async list(facts, { after_ms }, now) {
    const paused = await judgePause(facts, now)
    return (await facts.limits()).map(({ account, name, updatedAt }) => {
      const since = updatedAt + after_ms
      const subject = { key: account, about: account === '' ? {} : { account } }
      if (now < since) return { subject, verdict: { verdict: 'clear', next_at: since } }
      if (paused !== undefined) return { subject, verdict: paused }
      return {
        subject,
        verdict: {
          verdict: 'holds',
          since,
          severity: 'warning',
          summary: `The plan limits${name === undefined ? '' : ` of ${oneLine(name, 80)}`} have not been read for more than ${durationText(after_ms)}`,
          values: { last_snapshot: instantValue(updatedAt) },
        },
      }
    })
  },
})
