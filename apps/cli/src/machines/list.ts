import type { MachineStatus } from '@signalbox/contract/machine-status'
import { printable } from '@signalbox/contract/printable'
import { type FetchedRows, fetchRows } from '../hub/fetch-rows.ts'
import { type ListOptions, rowLimit } from '../hub/option.ts'
import { formatRestLine, printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { type Column, renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'
import { availableColumns, machineColumns } from './columns.ts'

export interface MachineListOptions extends HubOptions, ListOptions {
  readonly status?: readonly MachineStatus[]
  readonly hostname?: string
}

export async function list(io: Io, options: MachineListOptions): Promise<void> {
  const { status, hostname } = options
  const where = { ...(status === undefined ? {} : { status: [...status] }), ...(hostname === undefined ? {} : { hostname }) }
  await withHub(io, options, async (hub) => {
    const found = await fetchRows(rowLimit(options), (page, more) => hub.client.listMachines({ ...where, ...page }, more))
    const filters = [...(status ?? []).map((one) => `--status ${one}`), ...(hostname === undefined ? [] : [`--hostname ${hostname}`])]
    const empty =
      filters.length > 0
        ? `No machines match ${printable(filters.join(' '))}.\nTo list all: signalbox machines list\n`
        : 'No machines yet. A machine is registered when a session runs on it. To add one: signalbox machines add NAME --slots 1-4\n'
    print(io, found, machineColumns(hub.now()), empty, options)
  })
}

export async function available(io: Io, options: HubOptions & ListOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const found = await fetchRows(rowLimit(options), (page, more) => hub.client.findAvailableMachines(page, more))
    const empty =
      'No online machine has a free slot.\nTo list all: signalbox machines list. To add slots: signalbox machines slots NAME 1-4\n'
    print(io, found, availableColumns(hub.now()), empty, options)
  })
}

function print<Row>(io: Io, { rows, total }: FetchedRows<Row>, columns: Column<Row>[], empty: string, { json }: HubOptions): void {
  if (json) return void printJson(io, rows)
  const terminal = createTerminal(io)
  if (rows.length === 0) return void terminal.write(empty)
  terminal.write(
    renderTable(
      columns,
      rows.map((row) => ({ row })),
      terminal,
    ),
  )
  terminal.write(formatRestLine(terminal, rows.length, total, 'machines'))
}
