import type { Call } from '@signalbox/contract/call'
import { withoutDeleted } from '../../deletion.ts'
import { withCurrentKeys, withoutReplaced } from '../../usage/current-keys.ts'
import type { PriceCuts } from '../../usage/price-cuts.ts'
import type { IngestCounts } from '../../usage.ts'
import type { Connection } from '../connection.ts'
import { storedDeletions } from '../deletion.ts'
import type { Names } from '../name.ts'
import type { Transaction } from '../writer.ts'
import { CallTable } from './call-table.ts'
import { RollUp } from './roll-up.ts'

/** Inside a transaction: stores calls by the winner rule, and updates the roll-ups. */
export function ingest(
  connection: Connection,
  names: Names,
  cuts: PriceCuts,
  machine: string,
  sent: readonly Call[],
  { now, publish }: Transaction,
): IngestCounts {
  const calls = withCurrentKeys(withoutDeleted(storedDeletions(connection), machine, sent))
  const rollUp = new RollUp(cuts.thresholds)
  const table = new CallTable(connection, names, machine, rollUp)
  for (const call of withoutReplaced(calls)) table.put(call)
  table.settleRecords()
  const { accepted, improved, since, until } = table
  if (accepted + improved > 0) {
    rollUp.write(connection, names, cuts)
    publish({
      event: 'usage.updated',
      data: { machine_id: machine, accepted, improved, since: new Date(since).toISOString(), until: new Date(until).toISOString() },
    })
  }
  connection.prepare('UPDATE usage_state SET revision = revision + ?, last_ingest_at = ?').run(accepted + improved > 0 ? 1 : 0, now)
  const deleted = sent.length - calls.length
  return { accepted, improved, duplicates: calls.length - accepted - improved, ...(deleted === 0 ? {} : { deleted }) }
}
