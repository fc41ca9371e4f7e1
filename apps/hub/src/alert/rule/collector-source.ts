import type { HubEvent } from '@signalbox/contract/event'
import { STALE_MS } from '@signalbox/usage/fresh-session'
import { isConnected, readCollector } from '../../state/machine-collector.ts'
import type { Facts } from '../facts.ts'

/** The state of a source of a collector, as its machine reported it last. */
export interface CollectorSource {
  readonly machine_id: string
  readonly name: string
  readonly state: string
  readonly problem: string | undefined
  /** Whether the collector is in contact, so that it is still so. */
  readonly fresh: boolean
  /** Since when, in milliseconds. */
  since(): Promise<number>
}

/** What a source is called that a collector reports without its name. */
const LIMITS = 'limits'

/**
 * The sources of all collectors. One that sends heartbeats names each of its sources; of one that only polls or posts, such as a
 * script, the health of all together is known.
 */
export async function collectorSources(facts: Facts, now: number): Promise<CollectorSource[]> {
  const sources: CollectorSource[] = []
  const named = new Set<string>()
  for (const { machine_id, collector, updated_at } of (await facts.machines()).values()) {
    if (collector === null) continue
    const stored = readCollector(collector)
    if (stored.sources === undefined) continue
    named.add(machine_id)
    for (const { name, state, problem } of stored.sources) {
      const since = async () => (await facts.sourceSince(machine_id, name)) ?? updated_at
      sources.push({ machine_id, name, state, problem, fresh: isConnected(stored, now), since })
    }
  }
  for (const { machine, health, seenAt } of await facts.collectors()) {
    if (health === undefined || named.has(machine)) continue
    const { state, lastError, lastSuccessAt } = health
    const begin = lastSuccessAt ?? lastError?.at
    sources.push({
      machine_id: machine,
      // Its message begins with the name of the source.
      name: /^([a-z][a-z-]*): /.exec(lastError?.message ?? '')?.[1] ?? LIMITS,
      state,
      problem: lastError?.message,
      fresh: now - seenAt <= STALE_MS,
      since: async () => (begin === undefined ? seenAt : Date.parse(begin)),
    })
  }
  return sources
}

/** Events after which a source may have another state. */
export function changesSources({ event, data }: HubEvent): boolean {
  return event === 'machine.updated' || event === 'machine.status' || (event === 'limits.snapshot' && data.state !== undefined)
}

export const noContact = { verdict: 'unknown', reason: 'The collector is not in contact' } as const
