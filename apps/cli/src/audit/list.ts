import type { AuditAction, AuditEntry } from '@signalbox/contract/audit'
import { printable } from '@signalbox/contract/printable'
import { type ListOptions, rowLimit } from '../hub/option.ts'
import { printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { type Column, renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'

export interface AuditOptions extends HubOptions, ListOptions {
  readonly action?: readonly AuditAction[]
}

const PAGE = 200

const columns: readonly Column<AuditEntry>[] = [
  { title: 'At', cell: ({ at }) => at.slice(0, 19).replace('T', ' ') },
  { title: 'Action', cell: ({ action }) => action },
  { title: 'By', cell: ({ key_name, key_id }) => printable(key_name ?? key_id ?? '') },
  { title: 'From', cell: ({ address }) => printable(address ?? '') },
  { title: 'Details', cell: ({ details }) => printable(formatDetails(details)), minWidths: [20, 8] },
]

export async function list(io: Io, options: AuditOptions): Promise<void> {
  await withHub(io, options, async ({ client }) => {
    const rows: AuditEntry[] = []
    const wanted = rowLimit(options)
    const filter = options.action === undefined ? {} : { action: [...options.action] }
    while (rows.length < wanted) {
      const limit = Math.min(PAGE, wanted - rows.length)
      const last = rows.at(-1)
      const page = await client.listAudit({ ...filter, limit, ...(last === undefined ? {} : { before: last.id }) })
      rows.push(...page)
      if (page.length < limit) break
    }
    if (options.json) return void printJson(io, rows)
    const terminal = createTerminal(io)
    if (rows.length === 0) return void terminal.write('The audit log has no such entries.\n')
    terminal.write(
      renderTable(
        columns,
        rows.map((row) => ({ row })),
        terminal,
      ),
    )
  })
}

function formatDetails(details: AuditEntry['details']): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
}
