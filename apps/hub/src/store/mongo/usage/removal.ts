import { randomUUID } from 'node:crypto'
import { isCall, TELEMETRY } from '@signalbox/usage/call'
import type { Slice } from '@signalbox/usage/slice'
import { deletionOf } from '../../deletion.ts'
import type { CallSelection, UsageStore } from '../../usage.ts'
import type { Connection } from '../connection.ts'
import { addDeletion } from '../deletion.ts'
import { textId } from '../text-id.ts'
import { type CallDocument, documentOf, quarterId, recordOf, replacement } from './call-document.ts'
import { counterpartQuarters } from './counted-calls.ts'
import { findAll, findTaken, findTelemetry } from './counterparts.ts'
import type { PendingIngests } from './pending-ingest.ts'
import type { QuarterSums } from './quarter.ts'
import { matches } from './slices.ts'

type Take = (documents: readonly CallDocument[], token: string) => Promise<unknown>

/** Quarters whose calls are read at once. */
const QUARTERS = 50

/**
 * Deletes calls, and moves them to another machine. Each step is recorded like an ingest, so that no one reads outdated sums
 * meanwhile, and another hub marks them if this one dies.
 */
export function callRemoval(
  connection: Connection,
  quarters: QuarterSums,
  pendingIngests: PendingIngests,
): Pick<UsageStore, 'countCalls' | 'deleteCalls' | 'moveCalls'> {
  const calls = connection.collection<CallDocument>('call')

  /** Takes calls that count, each with what telemetry has reported of it. @param take is given up to `maxUpdates` documents */
  const takeCounted = async (counted: readonly CallDocument[], now: number, take: Take): Promise<void> => {
    for (const [machine, ofMachine] of Map.groupBy(counted, (document) => recordOf(document).machine)) {
      const token = randomUUID()
      const callsOfMachine = ofMachine.map((document) => recordOf(document).call)
      const all = [...ofMachine, ...(await findTelemetry(calls, callsOfMachine))]
      const touched = [...new Set([...all.map(({ quarter }) => quarter), ...(await counterpartQuarters(calls, callsOfMachine))])]
      try {
        await pendingIngests.begin(token, machine, touched, now)
        for (let m = 0; m < all.length; m += connection.dialect.maxUpdates) {
          await take(all.slice(m, m + connection.dialect.maxUpdates), token)
        }
        const ats = callsOfMachine.map(({ at }) => at).sort()
        await pendingIngests.finish(token, machine, touched, { accepted: 0, improved: 0, since: ats[0]!, until: ats.at(-1)! }, now)
      } finally {
        pendingIngests.release(token)
      }
    }
  }

  /** Takes all matching calls. @returns those that counted */
  const takeAll = async (selection: CallSelection, now: number, take: Take): Promise<CallDocument[]> => {
    const taken: CallDocument[] = []
    const found = (await quarters.read()).filter((slice) => matches(slice, selection))
    const ids = [...new Set(found.map(({ quarter }) => quarterId(quarter)))]
    for (let n = 0; n < ids.length; n += QUARTERS) {
      const some = ids.slice(n, n + QUARTERS)
      const documents: CallDocument[] = []
      for await (const document of calls.find({ quarter: { $in: some } })) if (isSelected(document, selection)) documents.push(document)
      const counted = await withoutTaken(documents)
      await takeCounted(counted, now, take)
      taken.push(...counted)
    }
    return taken
  }

  /** Takes the calls that only telemetry knows, which have no project, from sessions that have no others any more. */
  const takeOrphans = async (sessions: readonly string[], now: number, take: Take): Promise<CallDocument[]> => {
    const known = await findAll(sessions.map(textId), (some) => calls.find({ session: { $in: some } }).toArray())
    if (known.length === 0) return []
    const others = new Set((await quarters.read()).flatMap(({ session, source }) => (source === TELEMETRY ? [] : [session])))
    const orphans = await withoutTaken(known.filter((document) => !others.has(recordOf(document).call.session_id ?? '')))
    await takeCounted(orphans, now, take)
    return orphans
  }

  /** The calls without the telemetry that does not count by itself, because a transcript has its call. */
  const withoutTaken = async (documents: readonly CallDocument[]): Promise<CallDocument[]> => {
    const taken = await findTaken(
      calls,
      documents.map((document) => recordOf(document).call),
    )
    return documents.filter((document) => !taken.has(recordOf(document).call.key))
  }

  /** The records that are no calls themselves, which slices do not count. */
  const countOthers = async (found: readonly Slice[], selection: CallSelection): Promise<number> => {
    const ids = new Set(found.filter(({ source }) => !isCall(source)).map(({ quarter }) => quarterId(quarter)))
    let count = 0
    for (const id of ids) {
      for await (const document of calls.find({ quarter: id })) {
        if (!isCall(recordOf(document).call.source) && isSelected(document, selection)) count++
      }
    }
    return count
  }

  return {
    countCalls(selection) {
      return connection.read(async () => {
        const found = (await quarters.read()).filter((slice) => matches(slice, selection))
        return found.reduce((sum, slice) => sum + slice.calls, 0) + (await countOthers(found, selection))
      })
    },
    deleteCalls(selection, { now }) {
      return connection.write(async () => {
        await addDeletion(connection, deletionOf(selection, now))
        const remove: Take = (documents) => calls.deleteMany({ _id: { $in: documents.map(({ _id }) => _id) } })
        const deleted: CallDocument[] = []
        // An ingest of another hub that had read the deletions before may still have been writing.
        for (let pass = 0; pass < 2; pass++) deleted.push(...(await takeAll(selection, now, remove)))
        const sessions = new Set(deleted.map((document) => recordOf(document).call.session_id ?? ''))
        return deleted.length + (await takeOrphans([...sessions], now, remove)).length
      })
    },
    moveCalls(from, to, { now }) {
      return connection.write(async () => {
        const moved = await takeAll({ machine: from }, now, (documents, token) =>
          calls.bulkWrite(
            documents
              .filter((document) => recordOf(document).machine === from)
              .map((document) => replacement(documentOf({ ...recordOf(document), machine: to }, document.revision + 1, token))),
            { ordered: false },
          ),
        )
        return moved.length
      })
    },
  }
}

function isSelected(document: CallDocument, selection: CallSelection): boolean {
  const { machine, call } = recordOf(document)
  return 'machine' in selection ? machine === selection.machine : call.cwd === selection.project
}
