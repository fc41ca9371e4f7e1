import { rowsOf } from '@signalbox/client/limit-row'
import type { Account } from '@signalbox/contract/account'
import { formatDuration, formatRoughDuration } from '@signalbox/contract/duration-text'
import { formatPercent } from '@signalbox/contract/number-text'
import { printable } from '@signalbox/contract/printable'
import { printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { type Column, renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'
import { fetchAccounts } from './find.ts'

export async function list(io: Io, options: HubOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const accounts = await fetchAccounts(hub)
    if (options.json) return void printJson(io, accounts)
    const terminal = createTerminal(io)
    if (accounts.length === 0)
      return void terminal.write('No accounts yet. An account is known with the first snapshot of its limits: signalbox limits\n')
    terminal.write(
      renderTable(
        columns(hub.now()),
        accounts.map((row) => ({ row })),
        terminal,
      ),
    )
  })
}

function columns(now: number): Column<Account>[] {
  return [
    { title: 'Account', minWidths: [36, 8], cell: ({ account }) => printable(account ?? 'unknown') },
    { title: 'Name', minWidths: [12, 6], cell: ({ name }) => printable(name ?? '') },
    { title: 'Plan', dropOrder: 3, cell: ({ limits }) => printable(limits.planInfo?.name ?? '') },
    {
      title: 'Used',
      minWidths: [24, 10],
      cell: ({ limits }) =>
        printable(
          rowsOf(limits, now)
            .filter(({ state }) => state === 'known')
            .map(({ label, percent }) => `${label} ${formatPercent(percent)}`)
            .join(', '),
        ),
    },
    { title: 'Machines', minWidths: [12, 8], dropOrder: 2, cell: ({ machines }) => printable(machines.join(', ')) },
    { title: 'Status', dropOrder: 4, cell: ({ inUse }) => (inUse ? 'in use' : 'former') },
    {
      title: 'Last seen',
      align: 'right',
      dropOrder: 1,
      cell: ({ lastSeenAt }, compact) => (compact ? formatRoughDuration : formatDuration)(Math.max(0, now - Date.parse(lastSeenAt))),
    },
  ]
}
