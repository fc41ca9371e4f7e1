import type { Collection, Filter, UpdateFilter } from 'mongodb'
import type { NewEvent } from '../../../event/new-event.ts'
import type { EventAppender } from './event-appender.ts'
import type { OutboxEvent, VersionedDocument } from './versioned-document.ts'

/** The events of a change as outbox entries. @param revision of the document after the change */
export function outboxOf(revision: number, events: readonly NewEvent[], now: number): OutboxEvent[] {
  return events.map(({ event, data }, n) => ({ revision, n, event, data: JSON.stringify(data), at: now }))
}

/** The outbox fields of a new document. */
export function outboxFields(revision: number, events: readonly NewEvent[], now: number): Pick<VersionedDocument, 'untold' | 'has_untold'> {
  return events.length === 0 ? {} : { untold: outboxOf(revision, events, now), has_untold: true }
}

/**
 * Publishes a document's outbox to the event log, releases its claims, and removes it if it is gone. However often and by
 * however many hubs this is done, each event is stored once, and the events of one document are in the order of its changes.
 * @param verified the token of a provisional part that was verified
 * @param release releases the claims of `let_go`; idempotent
 */
export async function publishOutbox<T extends VersionedDocument>(
  collection: Collection<T>,
  log: EventAppender,
  document: T,
  verified: string | undefined,
  release: (document: T) => Promise<void>,
): Promise<void> {
  const { _id, revision, untold: events = [], has_untold, unsure = {}, let_go, gone } = document
  if (!has_untold) return
  const source = collection.collectionName
  await log.append(events.map(({ revision, n, event, data, at }) => ({ cause: `${source}/${_id}/${revision}/${n}`, event, data, at })))
  if (let_go !== undefined) await release(document)
  if (gone) return void (await collection.deleteOne({ _id, revision } as Filter<T>))
  // Provisional parts of other changes are verified by their hubs, or by recovery after those have crashed.
  const hasOthers = Object.keys(unsure).some((token) => token !== verified)
  const unset = {
    untold: '',
    ...(let_go === undefined ? {} : { let_go: '' }),
    ...(hasOthers ? {} : { has_untold: '', unsure: '' }),
    ...(hasOthers && verified !== undefined ? { [`unsure.${verified}`]: '' } : {}),
  }
  // A document that has changed again keeps its outbox: the later change publishes all of it, and stored events are skipped.
  const { matchedCount } = await collection.updateOne({ _id, revision } as Filter<T>, { $unset: unset } as unknown as UpdateFilter<T>)
  if (matchedCount === 1 || verified === undefined) return
  const mine = { _id, [`unsure.${verified}`]: { $exists: true } } as unknown as Filter<T>
  await collection.updateOne(mine, { $unset: { [`unsure.${verified}`]: '' } } as unknown as UpdateFilter<T>)
}
