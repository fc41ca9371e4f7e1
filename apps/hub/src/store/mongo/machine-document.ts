import type { MachineRecord } from '../../state/machine-record.ts'
import type { Provisional, VersionedDocument } from './core/versioned-document.ts'

export interface MachineDocument extends VersionedDocument<ProvisionalRemoval> {
  machine: MachineRecord
}

/** A machine before a change that removed slots or took it offline, which a concurrent claim may contradict. */
export interface ProvisionalRemoval extends Provisional, Pick<MachineRecord, 'docker_slots' | 'status' | 'due_at'> {}
