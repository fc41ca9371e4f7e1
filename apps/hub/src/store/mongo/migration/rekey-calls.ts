import { randomUUID } from 'node:crypto'
import { currentKey } from '@signalbox/usage/call-key'
import { mergeCalls } from '@signalbox/usage/call-merge'
import { isFormerKey, withCurrentKeys } from '../../usage/current-keys.ts'
import { type Rekeyed, rekeyedText } from '../../usage/rekeyed.ts'
import type { Collections, Connection } from '../connection.ts'
import { EventLog } from '../event.ts'
import { textOf } from '../text-id.ts'
import { type CallDocument, type CallRecord, callId, recordOf } from '../usage/call-document.ts'
import { writeCalls } from '../usage/ingest.ts'
import { PendingIngests } from '../usage/pending-ingest.ts'
import { QuarterSums } from '../usage/quarter.ts'

const PAGE = 500

/**
 * Gives all calls the keys of December 2026, page by page. A call is stored with its new key before the one with the former key is
 * deleted, so an aborted migration continues, and two hubs may migrate at once. Each page is recorded like an ingest: who reads its
 * quarters meanwhile reads the calls, and another hub marks the sums if this one dies.
 */
export async function rekeyCalls(connection: Collections & Pick<Connection, 'read'>, log: (message: string) => void): Promise<void> {
  const collection = connection.collection<CallDocument>('call')
  const pendingIngests = new PendingIngests(connection, new QuarterSums(connection, []), new EventLog(connection, 0), 0)
  let { calls, merged, foreign }: Rekeyed = { calls: 0, merged: 0, foreign: 0 }
  let after: string | undefined
  for (;;) {
    const page = await collection.find(after === undefined ? {} : { _id: { $gt: after } }, { sort: { _id: 1 }, limit: PAGE }).toArray()
    if (page.length === 0) break
    if (after === undefined) log('Giving the calls of the hub database their new keys; this happens once')
    after = page.at(-1)!._id
    calls += page.length
    foreign += page.filter(({ _id }) => isFormerKey(textOf(_id))).length
    // One that another hub changes meanwhile is taken again.
    for (let former = page.filter(hasFormerKey); former.length > 0; ) {
      merged += await rekey(connection, pendingIngests, former)
      former = await collection.find({ _id: { $in: former.map(({ _id }) => _id) } }).toArray()
    }
  }
  if (calls > 0) log(rekeyedText({ calls, merged, foreign }))
}

function hasFormerKey({ _id }: CallDocument): boolean {
  return currentKey(textOf(_id)) !== undefined
}

/** @returns how many of the calls became a part of another one */
async function rekey(connection: Collections, pendingIngests: PendingIngests, former: readonly CallDocument[]): Promise<number> {
  const collection = connection.collection<CallDocument>('call')
  const records = mergeRecords(former.map(recordOf))
  const merged = await countMerged(connection, former)
  const token = randomUUID()
  const unpublished: Pick<PendingIngests, 'begin'> = {
    begin: (token, machine, quarters, now) => pendingIngests.begin(token, machine, quarters, now, true),
  }
  try {
    await unpublished.begin(token, '', [...new Set(former.map(({ quarter }) => quarter))], 0)
    const touched = new Set(former.map(({ quarter }) => quarter))
    for (const [machine, ofMachine] of Map.groupBy(records, (record) => record.machine)) {
      const calls = ofMachine.map(({ call }) => call)
      const { quarters } = await writeCalls(connection, unpublished, token, machine, calls, 0)
      for (const quarter of quarters) touched.add(quarter)
    }
    const { maxUpdates } = connection.dialect
    for (let n = 0; n < former.length; n += maxUpdates) {
      const deletions = former.slice(n, n + maxUpdates).map(({ _id, revision }) => ({ deleteOne: { filter: { _id, revision } } }))
      await collection.bulkWrite(deletions, { ordered: false })
    }
    await pendingIngests.finishUnpublished(token, [...touched])
    return merged
  } finally {
    pendingIngests.release(token)
  }
}

/** The calls with their new keys. The machine of one is that of its earliest record, because no record says when it arrived. */
function mergeRecords(former: readonly CallRecord[]): CallRecord[] {
  const byTime = [...former].sort((a, b) => (a.call.at < b.call.at ? -1 : a.call.at > b.call.at ? 1 : 0))
  const merged = new Map<string, CallRecord>()
  for (const { machine, call: before } of byTime) {
    const [call] = withCurrentKeys([before]) as [typeof before]
    const known = merged.get(call.key)
    merged.set(call.key, known === undefined ? { machine, call } : { machine: known.machine, call: mergeCalls(known.call, call) })
  }
  return [...merged.values()]
}

/** Records of one message differ in their request; the one that an aborted migration has stored already is no other. */
async function countMerged(connection: Collections, former: readonly CallDocument[]): Promise<number> {
  const requests = new Map<string, Set<string>>()
  const add = (id: string, request: string) => requests.set(id, (requests.get(id) ?? new Set()).add(request))
  for (const { _id } of former) {
    const { key, requestId } = currentKey(textOf(_id))!
    add(callId(key), requestId)
  }
  const stored = connection.collection<CallDocument>('call').find({ _id: { $in: [...requests.keys()] } })
  for await (const document of stored) add(document._id, recordOf(document).call.request_id ?? '')
  return [...requests.values()].reduce((sum, { size }) => sum + size - 1, 0)
}
