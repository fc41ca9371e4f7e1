import type { MachineStatus } from '@signalbox/contract/machine'
import { askHub, type HubOptions } from '../hub/connect.ts'
import { type ListOptions, wantedRows } from '../hub/option.ts'
import { type Listed, listed } from '../hub/pages.ts'
import { printJson, restLine } from '../hub/told.ts'
import { printable } from '../printable.ts'
import { type Column, renderTable } from '../table.ts'
import { terminalOf } from '../terminal.ts'
import { availableColumns, machineColumns } from './columns.ts'

export interface MachineListOptions extends HubOptions, ListOptions {
  readonly status?: readonly MachineStatus[]
  readonly hostname?: string
}

export async function list(options: MachineListOptions): Promise<void> {
  const { status, hostname } = options
  const where = { ...(status === undefined ? {} : { status: [...status] }), ...(hostname === undefined ? {} : { hostname }) }
  await askHub(options, async (hub) => {
    const found = await listed(
      wantedRows(options),
      (page, more) => hub.client.listMachines({ ...where, ...page }, more),
      ({ machine_id }) => machine_id,
    )
    const asked = [...(status ?? []).map((one) => `--status ${one}`), ...(hostname === undefined ? [] : [`--hostname ${hostname}`])]
    const nothing =
      asked.length > 0
        ? `No machines match ${printable(asked.join(' '))}.\nAll there are: signalbox machines list\n`
        : 'No machines yet. A session registers the one it runs on; or: signalbox machines add NAME --slots 1-4\n'
    print(found, machineColumns(hub.now()), nothing, options)
  })
}

export async function available(options: HubOptions & ListOptions): Promise<void> {
  await askHub(options, async (hub) => {
    const found = await listed(
      wantedRows(options),
      (page, more) => hub.client.findAvailableMachines(page, more),
      ({ machine_id }) => machine_id,
    )
    const nothing =
      'No machine that is online has a free slot.\nAll there are: signalbox machines list. More slots: signalbox machines slots NAME 1-4\n'
    print(found, availableColumns(hub.now()), nothing, options)
  })
}

function print<Row>({ rows, total }: Listed<Row>, columns: Column<Row>[], nothing: string, { json }: HubOptions): void {
  if (json) return void printJson(rows)
  const terminal = terminalOf(process.stdout, process.env)
  if (rows.length === 0) return void terminal.write(nothing)
  terminal.write(
    renderTable(
      columns,
      rows.map((row) => ({ row })),
      terminal,
    ),
  )
  terminal.write(restLine(rows.length, total, 'machines'))
}
