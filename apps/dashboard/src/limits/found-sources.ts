import { limitSources } from '@signalbox/contract/limit-source'
import type { Machine } from '@signalbox/contract/machine'
import { describeSource } from '../hub/collector-source.ts'
import { collectorConditionOf } from '../hub/collector-state.ts'

/** The sources of plan limits that a person can set up. */
export type AddableSource = 'statusline' | 'console'
const addable: readonly AddableSource[] = ['statusline', 'console']

export interface FoundSources {
  /** What the collector of each machine in contact says of its sources. */
  readonly machines: readonly { readonly machine_id: string; readonly sources: readonly string[] }[]
  /** The sources that would work on one of these machines once they are set up. */
  readonly addable: readonly AddableSource[]
}

/** What collectors have found on their machines. One that is older than its hub says nothing of its sources: all may work there. */
export function findSources(machines: Iterable<Pick<Machine, 'machine_id' | 'collector'>>): FoundSources {
  const found = [...machines].flatMap(({ machine_id, collector }) => {
    const condition = collector && collectorConditionOf(collector)
    if (collector === undefined || condition === 'lost' || condition === 'stopped') return []
    return [{ machine_id, sources: (collector.sources ?? []).filter(({ name }) => (limitSources as readonly string[]).includes(name)) }]
  })
  const works = (name: AddableSource) =>
    found.some(
      ({ sources }) => sources.length === 0 || sources.some((source) => source.name === name && !['ok', 'off'].includes(source.state)),
    )
  return {
    machines: found
      .filter(({ sources }) => sources.length > 0)
      .map(({ machine_id, sources }) => ({ machine_id, sources: sources.map((source) => describeSource(source)) })),
    addable: addable.filter(works),
  }
}
