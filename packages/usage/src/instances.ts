import type { UsageInstance } from '@signalbox/contract/usage'
import { type ReportQuestion, startReport } from './group.ts'
import { createProjectMap } from './project-map.ts'
import type { Slice } from './slice.ts'
import { byCostDescending } from './sums.ts'

/**
 * Builds a report of each project, the most expensive first; those without a call in the requested time are left out.
 * @param slices as for `buildReport`, ordered by time
 * @throws TimeError when since or until is not a time, RangeError for an unknown time zone
 */
export function buildInstances(question: ReportQuestion, slices: Iterable<Slice>): UsageInstance[] {
  const { projects = createProjectMap([]) } = question
  const byProject = Map.groupBy(slices, ({ machine, project }) => projects.projectOf(machine, project))
  return [...byProject]
    .map(([project, its]): UsageInstance => {
      const builder = startReport(question)
      builder.add(its)
      const { rows, totals } = builder.finish().report
      return { project, rows, totals }
    })
    .filter(({ rows }) => rows.length > 0)
    .sort((a, b) => byCostDescending(a.totals, b.totals) || (a.project < b.project ? -1 : 1))
}
