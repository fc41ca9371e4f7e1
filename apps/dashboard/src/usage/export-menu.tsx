import { DropdownMenu } from 'radix-ui'
import type { UsageReport, UsageRow } from '../hub/answer.ts'
import { Icon } from '../ui/icon.tsx'
import { csvOf } from './csv.ts'
import type { Table } from './use-table.ts'
import type { UsageView } from './use-usage-view.ts'
import './export-menu.css'

interface ExportMenuProps {
  readonly view: UsageView
  readonly table: Table
}

/** The rows of the table as they are on the screen, filtered, found and sorted, in exact numbers. */
export function ExportMenu({ view, table }: ExportMenuProps) {
  const { report, rows, group } = table
  const name = `signalbox-usage-by-${group}-${view.range.since ?? 'all'}-${view.range.until ?? view.today}`
  const shown = rows.map(({ row }) => row)
  return (
    // Not modal: that mode writes a style element, which the content security policy forbids.
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="button" disabled={report === undefined}>
        <Icon name="download" size={16} /> Export
      </DropdownMenu.Trigger>
      <DropdownMenu.Content className="menu" align="end" sideOffset={6} collisionPadding={12}>
        <DropdownMenu.Label className="menu-label">
          {rows.length} {rows.length === 1 ? 'row' : 'rows'} by {group}, as in the table
        </DropdownMenu.Label>
        <DropdownMenu.Item className="menu-item" onSelect={() => save(`${name}.csv`, 'text/csv', csvOf(group, shown))}>
          CSV
        </DropdownMenu.Item>
        <DropdownMenu.Item className="menu-item" onSelect={() => save(`${name}.json`, 'application/json', jsonOf(report, shown))}>
          JSON
        </DropdownMenu.Item>
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  )
}

/** The hub's own report; its totals are left out where some of its rows are. */
function jsonOf(report: UsageReport | undefined, rows: readonly UsageRow[]): string {
  const { totals, ...rest } = report ?? {}
  const whole = rows.length === report?.rows.length ? { totals } : {}
  return `${JSON.stringify({ ...rest, rows, ...whole }, undefined, 2)}\n`
}

function save(name: string, type: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  link.download = name
  link.click()
  // Some browsers begin to read only after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
