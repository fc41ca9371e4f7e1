import type { Budget } from '@signalbox/client'
import { countOf } from '@signalbox/contract/plural'
import { printable } from '@signalbox/contract/printable'
import { printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { shortId } from '../short-id.ts'
import { type Column, renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'
import { amountText, kindNames } from './amount-text.ts'

const states = { open: 'open', soft: 'over the soft line', spent: 'spent', unknown: 'not known', off: 'off' } as const

const columns: readonly Column<Budget>[] = [
  { title: 'Budget', cell: ({ name }) => printable(name), minWidths: [12, 6] },
  { title: 'Per', cell: ({ kind }) => kindNames[kind] },
  { title: 'For', cell: ({ filter, account }) => filterText(filter, account), minWidths: [12, 6], dropOrder: 1 },
  { title: 'Used', align: 'right', cell: ({ kind, used }) => (used === undefined ? '' : amountText(kind, used)) },
  { title: 'Line', align: 'right', cell: ({ kind, line }) => amountText(kind, line) },
  { title: 'State', cell: ({ state }) => states[state], style: ({ state }) => (state === 'spent' ? 'bold' : undefined) },
]

export async function list(io: Io, options: HubOptions): Promise<void> {
  await withHub(io, options, async ({ client }) => {
    const budgets = await client.listBudgets()
    if (options.json) return void printJson(io, budgets)
    const terminal = createTerminal(io)
    if (budgets.length === 0) return void terminal.write('There is no budget. To make one: signalbox budgets add\n')
    terminal.write(
      renderTable(
        columns,
        budgets.map((row) => ({ row })),
        terminal,
      ),
    )
    for (const { name, held } of budgets.filter((one) => one.held.length > 0)) {
      const sessions = held.map(({ session_id, machine_id }) => `${shortId(session_id)} on ${printable(machine_id)}`).join(', ')
      terminal.write(`${printable(name)} holds ${countOf(held.length, 'session')}: ${sessions}\n`)
    }
  })
}

function filterText(filter: Budget['filter'], account: string | undefined): string {
  const patterns = [...(filter?.project_id ?? []), ...(filter?.machine_id ?? []), ...(filter?.model ?? [])]
  return printable([...patterns, ...(account === undefined ? [] : [account])].join(', '))
}
