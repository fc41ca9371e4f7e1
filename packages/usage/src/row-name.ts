import type { UsageRow, UsageSplit } from '@signalbox/contract/usage'
import { OWN_AGENT } from './name-form.ts'
import { createPersonMap, type PersonMap } from './person-map.ts'
import type { PriceTable } from './price-table.ts'
import { createProjectMap, type ProjectMap } from './project-map.ts'
import { folderNames, shortNames } from './project-name.ts'
import { folderNormalizer } from './project-path.ts'
import type { Slice } from './slice.ts'
import { addSlice, type Sums } from './sums.ts'

/** The groups whose rows have names. */
export type NameGroup = 'session' | 'project' | 'folder' | 'model' | 'machine' | 'person' | 'branch' | 'agent'

/** Reads the name of a dimension from slices. */
export function nameReader(
  dimension: NameGroup,
  projects: ProjectMap = createProjectMap([]),
  persons: PersonMap = createPersonMap([]),
): (slice: Slice) => string {
  // The project of a slice is the folder of its calls.
  if (dimension === 'folder') {
    const normalize = folderNormalizer()
    return (slice) => normalize(slice.project)
  }
  if (dimension === 'project') return (slice) => projects.projectOf(slice.machine, slice.project)
  if (dimension === 'person') return (slice) => persons.personOf(slice.machine, slice.first_at)
  // Calls of Claude Code are stored without an agent.
  if (dimension === 'agent') return (slice) => slice.agent || OWN_AGENT
  return (slice) => slice[dimension]
}

interface Addition {
  readonly table: PriceTable
  readonly split?: UsageSplit | undefined
  readonly withEstimates?: boolean | undefined
  readonly projects?: ProjectMap | undefined
  readonly persons?: PersonMap | undefined
}

/** Adds slices to the sums of a row, and to those of their part. */
export function adder({ table, split, withEstimates, projects, persons }: Addition): (sums: Sums, slice: Slice) => void {
  if (split === undefined || split === 'model') return (sums, slice) => addSlice(sums, table, slice, undefined, withEstimates)
  const nameOf = nameReader(split, projects, persons)
  return (sums, slice) => addSlice(sums, table, slice, nameOf(slice), withEstimates)
}

/** Gives the parts of rows short names. @param totals with the parts of all rows, of which no two are called the same */
export function nameSplits(split: 'project' | 'folder', rows: readonly Pick<UsageRow, 'splits'>[], totals: Sums): void {
  const names = [...(totals.parts?.keys() ?? [])]
  const shortened = new Map((split === 'folder' ? folderNames : shortNames)(names).map((short, index) => [names[index]!, short]))
  for (const { splits = [] } of rows) {
    for (const part of splits) {
      const short = part.others === undefined && part.name !== '' ? shortened.get(part.name) : undefined
      if (short !== undefined) part.short_name = short
    }
  }
}
