import { useState } from 'react'
import { useUsage } from '../hub/usage.ts'
import { formatCompact, formatUsd } from '../ui/number-format.ts'
import { Picker } from '../ui/picker.tsx'
import { formatGroupNames, readGroupValue } from './group-name.ts'
import type { UsageView } from './use-usage-view.ts'

interface FilterPickerProps {
  readonly view: UsageView
  readonly dimension: 'model' | 'project' | 'folder' | 'machine' | 'person'
  readonly label: string
  readonly all: string
}

/** A filter by one name; its list of names in use is fetched when it opens. */
export function FilterPicker({ view, dimension, label, all }: FilterPickerProps) {
  const { base, search, zone, change } = view
  const [opened, setOpened] = useState(false)
  const { model, project, folder, machine_id, person, ...rest } = base
  // Its own filter is left out: with it the list would have one entry.
  const others = {
    ...(dimension === 'model' || model === undefined ? {} : { model }),
    ...(dimension === 'project' || project === undefined ? {} : { project }),
    ...(dimension === 'folder' || dimension === 'project' || folder === undefined ? {} : { folder }),
    ...(dimension === 'machine' || machine_id === undefined ? {} : { machine_id }),
    ...(dimension === 'person' || person === undefined ? {} : { person }),
  }
  const report = useUsage({ ...rest, ...others, group: dimension }, { enabled: opened })
  const value = search[dimension]
  const rows = report.data?.rows.filter((row) => readGroupValue(row, dimension) !== '')
  const keys = rows?.map((row) => readGroupValue(row, dimension)) ?? []
  const names = formatGroupNames(dimension, keys, zone)

  return (
    <Picker
      label={label}
      text={value === undefined ? all : (formatGroupNames(dimension, [value], zone)[0] ?? value)}
      value={value}
      all={all}
      highlighted={value !== undefined}
      options={rows?.map((row, index) => ({
        value: keys[index] ?? '',
        label: names[index] ?? '',
        title: keys[index] ?? '',
        aside: row.cost_usd === null ? formatCompact(row.total_tokens) : formatUsd(row.cost_usd),
      }))}
      onPick={(picked) => change({ ...(dimension === 'project' ? { folder: undefined } : {}), [dimension]: picked })}
      onOpen={(open) => open && setOpened(true)}
    />
  )
}
