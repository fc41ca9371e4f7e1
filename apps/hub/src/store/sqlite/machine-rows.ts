import type { MachineRecord } from '../../state/machine-record.ts'
import type { Connection } from './connection.ts'
import { insertRow, RowWriter } from './row.ts'

/** A row of the table `machine`: lists are JSON, booleans are 0 and 1. */
export type MachineRow = Omit<MachineRecord, 'docker_slots' | 'implicit'> & { readonly docker_slots: string; readonly implicit: number }

/** Access to machines inside a transaction. */
export class MachineRows {
  readonly #connection: Connection
  readonly #writer: RowWriter

  constructor(connection: Connection) {
    this.#connection = connection
    this.#writer = new RowWriter(connection, 'machine', 'machine_id')
  }

  byId(id: string): MachineRecord | undefined {
    const row = this.#connection.prepare('SELECT * FROM machine WHERE machine_id = ?').get(id) as MachineRow | undefined
    return row && machineRecord(row)
  }

  insert(machine: MachineRecord): void {
    insertRow(this.#connection, 'machine', rowOf(machine))
  }

  remove(id: string): void {
    this.#connection.prepare('DELETE FROM machine WHERE machine_id = ?').run(id)
  }

  update(from: MachineRecord, to: MachineRecord): void {
    this.#writer.update(rowOf(from), rowOf(to))
  }
}

export function machineRecord(row: MachineRow): MachineRecord {
  return { ...row, docker_slots: JSON.parse(row.docker_slots) as number[], implicit: row.implicit === 1 }
}

function rowOf(record: MachineRecord): { [column: string]: unknown } {
  return { ...record, docker_slots: JSON.stringify(record.docker_slots), implicit: record.implicit ? 1 : 0 }
}
