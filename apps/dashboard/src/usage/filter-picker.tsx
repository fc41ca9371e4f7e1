import { useState } from 'react'
import { useUsage } from '../hub/usage.ts'
import { compact, usd } from '../ui/number-format.ts'
import { Picker } from '../ui/picker.tsx'
import { groupNames, keyOf } from './group-name.ts'
import type { UsageView } from './use-usage-view.ts'

interface FilterPickerProps {
  readonly view: UsageView
  readonly dimension: 'model' | 'project' | 'machine'
  readonly label: string
  readonly all: string
}

/** One name out of those that were used in this time; the list is asked for when it is opened. */
export function FilterPicker({ view, dimension, label, all }: FilterPickerProps) {
  const { base, search, zone, change } = view
  const [opened, setOpened] = useState(false)
  const { model, project, machine_id, ...rest } = base
  // Its own filter would leave only itself to pick.
  const others = {
    ...(dimension === 'model' || model === undefined ? {} : { model }),
    ...(dimension === 'project' || project === undefined ? {} : { project }),
    ...(dimension === 'machine' || machine_id === undefined ? {} : { machine_id }),
  }
  const report = useUsage({ ...rest, ...others, group: dimension }, { enabled: opened })
  const value = search[dimension]
  const rows = report.data?.rows.filter((row) => keyOf(row, dimension) !== '')
  const keys = rows?.map((row) => keyOf(row, dimension)) ?? []
  const names = groupNames(dimension, keys, zone)

  return (
    <Picker
      label={label}
      shown={value === undefined ? all : (groupNames(dimension, [value], zone)[0] ?? value)}
      value={value}
      all={all}
      lit={value !== undefined}
      options={rows?.map((row, index) => ({
        value: keys[index] ?? '',
        label: names[index] ?? '',
        title: keys[index] ?? '',
        aside: row.cost_usd === null ? compact(row.total_tokens) : usd(row.cost_usd),
      }))}
      onPick={(picked) => change({ [dimension]: picked })}
      onOpen={(open) => open && setOpened(true)}
    />
  )
}
