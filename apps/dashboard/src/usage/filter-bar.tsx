import { Button } from '../ui/button.tsx'
import { FilterPicker } from './filter-picker.tsx'
import { RangePicker } from './range-picker.tsx'
import type { UsageView } from './use-usage-view.ts'
import '../ui/filter-bar.css'

/** Filters of the usage screen; each choice is a query parameter. */
export function FilterBar({ view }: { readonly view: UsageView }) {
  const { search, change } = view
  const filtered = search.model !== undefined || search.project !== undefined || search.machine !== undefined || search.zone !== undefined
  return (
    <search className="filter-bar" aria-label="Filters">
      <RangePicker view={view} />
      <FilterPicker view={view} dimension="model" label="Model" all="All models" />
      <FilterPicker view={view} dimension="project" label="Project" all="All projects" />
      <FilterPicker view={view} dimension="machine" label="Machine" all="All machines" />
      {filtered && (
        <Button variant="bare" onClick={() => change({ model: undefined, project: undefined, machine: undefined, zone: undefined })}>
          Clear filters
        </Button>
      )}
    </search>
  )
}
