import type { MachineStatus } from '@signalbox/contract/machine-status'
import type { MachineDecision, TakenSlot } from '../state/change-set.ts'
import type { MachineRecord } from '../state/machine-record.ts'
import type { Change, ListPlace, ListRange, Page } from './change.ts'
import type { DueQuery } from './session.ts'

export interface MachineStore {
  /** Works like `SessionStore.change`. */
  change<T>(id: string, change: Change, decide: MachineDecision<T>): Promise<T>
  find(id: string): Promise<MachineRecord | undefined>
  /** Machines in the order of their ids. */
  list(query: MachineQuery): Promise<Page<MachineRecord>>
  /** Machines that are online and have a free slot, most free slots first, ties by id. */
  available(query: ListRange): Promise<Page<{ machine: MachineRecord; taken: TakenSlot[] }>>
  /** The ids of the live sessions on each of these machines, ascending. */
  sessionsOf(ids: readonly string[]): Promise<Map<string, string[]>>
  /** The ids of the machines whose heartbeat is overdue. */
  due(query: DueQuery): Promise<string[]>
}

/** The machines behind a place in the order of `available`; `at` is the number of free slots. */
export function behindFree<T extends { readonly free: number; readonly machine: MachineRecord }>(
  list: readonly T[],
  after: ListPlace | undefined,
): readonly T[] {
  if (after === undefined) return list
  return list.filter(({ free, machine }) => free < after.at || (free === after.at && machine.machine_id > after.id))
}

export interface MachineQuery extends ListRange {
  readonly statuses?: readonly MachineStatus[] | undefined
  readonly hostname?: string | undefined
}
