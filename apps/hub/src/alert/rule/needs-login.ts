import { matchesFilter } from '@signalbox/usage/name-pattern'
import { changesSources, collectorSources, noContact } from './collector-source.ts'
import { type Judged, listedKind } from './listed-kind.ts'
import { machineSubject } from './machine-offline.ts'
import type { Parameters } from './parameters.ts'
import type { Verdict } from './rule-kind.ts'
import { oneLine } from './words.ts'

export const needsLogin = listedKind<Parameters<'needs_login'>>({
  kind: 'needs_login',
  severity: 'warning',
  touchesAll: changesSources,
  async list(facts, { filter }, now) {
    const sources = (await collectorSources(facts, now)).filter(({ machine_id }) => matchesFilter(filter, { machine_id }))
    const ofMachines = Map.groupBy(sources, ({ machine_id }) => machine_id)
    return Promise.all(
      [...ofMachines].map(async ([machine_id, all]): Promise<Judged> => {
        const verdict = await judgeMachine(machine_id, all)
        return { subject: machineSubject({ machine_id }), verdict }
      }),
    )
  },
})

async function judgeMachine(machineId: string, sources: Awaited<ReturnType<typeof collectorSources>>): Promise<Verdict> {
  const waiting = sources.find(({ state }) => state === 'needs_login')
  if (!sources.some(({ fresh }) => fresh)) return noContact
  if (waiting === undefined) return { verdict: 'clear' }
  return {
    verdict: 'holds',
    since: await waiting.since(),
    severity: 'warning',
    summary: `The collector on ${oneLine(machineId, 80)} cannot read the plan limits until a person signs in: signalbox web login`,
    values: { source: oneLine(waiting.name, 80) },
  }
}
