import { DropdownMenu } from 'radix-ui'
import type { UsageReport, UsageRow } from '../hub/answer.ts'
import { Icon } from '../ui/icon.tsx'
import { saveFile } from '../ui/save-file.ts'
import { t } from '../words/usage.ts'
import { toCsv } from './csv.ts'
import type { Table } from './use-table.ts'
import type { UsageView } from './use-usage-view.ts'
import '../ui/menu.css'

interface ExportMenuProps {
  readonly view: UsageView
  readonly table: Table
}

/** Exports the rows of the table as shown: filtered, searched and sorted, with exact numbers. */
export function ExportMenu({ view, table }: ExportMenuProps) {
  const { report, rows, group } = table
  const name = `signalbox-usage-by-${group}-${view.range.since ?? 'all'}-${view.range.until ?? view.today}`
  const visible = rows.map(({ row }) => row)
  return (
    // Modal mode inserts a style element, which the content security policy forbids.
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="button" disabled={report === undefined}>
        <Icon name="download" size={16} /> {t.export}
      </DropdownMenu.Trigger>
      <DropdownMenu.Content className="menu" align="end" sideOffset={6} collisionPadding={12}>
        <DropdownMenu.Label className="menu-label">{t.rowsByAsIn(rows.length, t.groupNames[group])}</DropdownMenu.Label>
        <DropdownMenu.Item className="menu-item" onSelect={() => saveFile(`${name}.csv`, 'text/csv', toCsv(group, visible))}>
          {t.csv}
        </DropdownMenu.Item>
        <DropdownMenu.Item className="menu-item" onSelect={() => saveFile(`${name}.json`, 'application/json', toJson(report, visible))}>
          {t.json}
        </DropdownMenu.Item>
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  )
}

/** The hub's report; without totals when rows are filtered out. */
function toJson(report: UsageReport | undefined, rows: readonly UsageRow[]): string {
  const { totals, ...rest } = report ?? {}
  const complete = rows.length === report?.rows.length ? { totals } : {}
  return `${JSON.stringify({ ...rest, rows, ...complete }, undefined, 2)}\n`
}
