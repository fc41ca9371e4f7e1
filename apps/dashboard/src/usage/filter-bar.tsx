import { useHasPeople } from '../hub/accounts.ts'
import { Button } from '../ui/button.tsx'
import { t } from '../words/usage.ts'
import { EstimatesToggle } from './estimates-toggle.tsx'
import { FilterPicker } from './filter-picker.tsx'
import { ItemisationPicker } from './itemisation-picker.tsx'
import { RangePicker } from './range-picker.tsx'
import type { UsageView } from './use-usage-view.ts'
import '../ui/filter-bar.css'

interface FilterBarProps {
  readonly view: UsageView
  /** Whether a part of the usage is not itemised. */
  readonly hasNotItemised: boolean
  /** Whether output of unfinished calls is estimated. */
  readonly hasEstimates: boolean
}

/** Filters of the usage screen; each choice is a query parameter. */
export function FilterBar({ view, hasNotItemised, hasEstimates }: FilterBarProps) {
  const { search, change } = view
  const hasPeople = useHasPeople()
  const filters = ['model', 'project', 'folder', 'machine', 'person', 'not_itemised', 'with_estimates', 'zone'] as const
  const filtered = filters.some((name) => search[name] !== undefined)
  return (
    <search className="filter-bar" aria-label={t.filters}>
      <RangePicker view={view} />
      <FilterPicker view={view} dimension="model" label={t.model} all={t.allModels} />
      <FilterPicker view={view} dimension="project" label={t.project} all={t.allProjects} />
      {(search.project !== undefined || search.folder !== undefined) && (
        <FilterPicker view={view} dimension="folder" label={t.folder} all={t.allFolders} />
      )}
      <FilterPicker view={view} dimension="machine" label={t.machine} all={t.allMachines} />
      {(hasPeople || search.person !== undefined) && <FilterPicker view={view} dimension="person" label={t.person} all={t.allPeople} />}
      <ItemisationPicker view={view} hasNotItemised={hasNotItemised} />
      <EstimatesToggle view={view} hasEstimates={hasEstimates} />
      {filtered && (
        <Button variant="bare" onClick={() => change(Object.fromEntries(filters.map((name) => [name, undefined])))}>
          {t.clearFilters}
        </Button>
      )}
    </search>
  )
}
