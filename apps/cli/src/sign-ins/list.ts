import { printable } from '@signalbox/contract/printable'
import type { SignIn } from '@signalbox/contract/sign-in'
import { fetchRows } from '../hub/fetch-rows.ts'
import { type ListOptions, rowLimit } from '../hub/option.ts'
import { formatRestLine, printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { type Column, renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'

const minute = (at: string) => at.slice(0, 16).replace('T', ' ')

const columns: readonly Column<SignIn>[] = [
  { title: 'Id', cell: ({ sign_in_id }) => printable(sign_in_id) },
  { title: 'Key', cell: ({ key_name }) => printable(key_name) },
  { title: 'From', cell: ({ address }) => printable(address) },
  { title: 'Signed in', cell: ({ created_at }) => minute(created_at) },
  { title: 'Used', cell: ({ last_used_at }) => minute(last_used_at) },
  { title: 'Browser', cell: ({ client }) => printable(client ?? ''), minWidths: [20, 8] },
]

export async function list(io: Io, options: HubOptions & ListOptions): Promise<void> {
  await withHub(io, options, async ({ client }) => {
    const { rows, total } = await fetchRows(rowLimit(options), (page, more) => client.listSignIns(page, more))
    if (options.json) return void printJson(io, rows)
    const terminal = createTerminal(io)
    if (rows.length === 0) return void terminal.write('No browser is signed in. To sign one in: signalbox open\n')
    terminal.write(
      renderTable(
        columns,
        rows.map((row) => ({ row })),
        terminal,
      ),
    )
    terminal.write(formatRestLine(terminal, rows.length, total, 'sign-ins'))
  })
}
