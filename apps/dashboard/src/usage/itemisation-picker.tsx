import { Picker } from '../ui/picker.tsx'
import { t } from '../words/usage.ts'
import { itemisation } from './usage-search.ts'
import type { UsageView } from './use-usage-view.ts'

interface ItemisationPickerProps {
  readonly view: UsageView
  readonly hasNotItemised: boolean
}

const labels: Record<(typeof itemisation)[number], string> = { without: t.callsOnly, only: t.notItemisedOnly }

/** Whether what Claude Code has recorded beyond its calls counts. Shown where there is any. */
export function ItemisationPicker({ view, hasNotItemised }: ItemisationPickerProps) {
  const { search, change } = view
  const value = search.not_itemised
  if (!hasNotItemised && value === undefined) return null
  return (
    <Picker
      label={t.itemised}
      text={value === undefined ? t.everything : labels[value]}
      value={value}
      all={t.everything}
      highlighted={value !== undefined}
      options={itemisation.map((name) => ({ value: name, label: labels[name] }))}
      onPick={(picked) => change({ not_itemised: picked })}
    />
  )
}
