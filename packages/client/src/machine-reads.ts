import type { AvailableMachine, Machine } from '@signalbox/contract/machine'
import type { CallOptions, ListOptions } from './call-options.ts'
import { type EachRowOptions, eachRow } from './each-row.ts'
import type { ListQuery, MachineQuery } from './query.ts'
import { TaskReads } from './task-reads.ts'

/** The routes that read machines, added to those before. */
export class MachineReads extends TaskReads {
  /** Scope `read`. */
  getMachine(machineId: string, { signal }: CallOptions = {}): Promise<Machine> {
    return this.http.send({ method: 'GET', path: '/machines/:id', id: machineId, signal })
  }

  /** Every matching machine, by id, as `eachSession`. Scope `read`. */
  eachMachine(query: Omit<MachineQuery, keyof ListQuery> = {}, options: EachRowOptions = {}): AsyncGenerator<Machine, void, undefined> {
    return eachRow((page, more) => this.listMachines({ ...query, ...page }, more), options)
  }

  /** Machines that are online and have a free slot, ordered by free slots, most first. Scope `read`. */
  findAvailableMachines(query: ListQuery = {}, options: ListOptions = {}): Promise<AvailableMachine[]> {
    return this.http.send({ ...options, method: 'GET', path: '/machines/available', query: { ...query } })
  }
}
