import type { HubEvent } from '@signalbox/contract/event'
import { listedKind } from './listed-kind.ts'
import type { Parameters } from './parameters.ts'
import { instantValue, oneLine } from './words.ts'

const subject = { key: 'hub', about: {} } as const

export const hubPaused = listedKind<Parameters<'hub_paused'>>({
  kind: 'hub_paused',
  severity: 'info',
  touchesAll: ({ event }: HubEvent) => event === 'monitor.paused' || event === 'monitor.resumed',
  async list(facts) {
    const pause = await facts.pause()
    if (pause === undefined) return [{ subject, verdict: { verdict: 'clear' } }]
    const { since, until, reason } = pause
    return [
      {
        subject,
        verdict: {
          verdict: 'holds',
          since,
          severity: 'info',
          summary: `Monitoring is paused: ${oneLine(reason)}`,
          values: { reason: oneLine(reason), until: instantValue(until) },
        },
      },
    ]
  },
})
