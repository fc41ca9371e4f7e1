import type { Document, FindCursor } from 'mongodb'
import type { CopySource } from '../copy/dump.ts'
import type { CopiedEvent, CopiedResult, GlobalsPortion, PortionSize, SessionWithTasks } from '../copy/portion.ts'
import { MAX_OBSERVED_EVENTS } from '../session.ts'
import type { AlertCollections } from './alert.ts'
import { alertRows, alertTables, copiedAlertRow } from './alert-copy.ts'
import { type AuditDocument, copiedAuditEntry } from './audit.ts'
import { storedBudgets } from './budget.ts'
import type { Connection } from './connection.ts'
import type { IdempotencyDocument } from './core/idempotency.ts'
import { storedDeletions, storedRemovals } from './deletion.ts'
import type { EventDocument, EventLog } from './event.ts'
import { storedFolders } from './folder.ts'
import { type KeyDocument, keyOf, type SecretDocument } from './key.ts'
import type { Collectors } from './limits/collector.ts'
import { copiedCollector, copiedDay, copiedPlan } from './limits/copy.ts'
import { type SnapshotCollection, snapshotVersion } from './limits/snapshot.ts'
import type { Machines } from './machine.ts'
import { storedViews } from './saved-view.ts'
import type { Sessions } from './session-change.ts'
import { storedSignIns } from './sign-in.ts'
import { textOf } from './text-id.ts'
import { type CallDocument, recordOf } from './usage/call-document.ts'
import type { StateDocument } from './usage/pending-ingest.ts'

/** The parts of this store that a copy reads. */
export interface SourceParts {
  readonly connection: Connection
  readonly log: EventLog
  readonly sessions: Sessions
  readonly machines: Machines
  readonly snapshots: SnapshotCollection
  readonly collectors: Collectors
  readonly alerts: AlertCollections
}

/** Without a transaction: concurrent writes may or may not be included, but a session is always complete. */
export function copySource(
  { connection, log, sessions, machines, snapshots, collectors, alerts }: SourceParts,
  { rows, largeRows }: PortionSize,
): CopySource {
  const read = <T extends Document, Row>(cursor: FindCursor<T>, rowOf: (document: T) => Row, limit = rows) =>
    pages(connection, cursor, rowOf, limit)
  return {
    async globals() {
      // Finishes the changes of crashed hubs; otherwise their events would be missing in the target.
      await connection.write(async () => {
        for (const { collection } of [machines, sessions, snapshots, collectors]) await collection.recover({ all: true })
        for (const collection of [alerts.alerts, alerts.channels]) await collection.recover({ all: true })
        await snapshots.accountCollection.recover({ all: true })
        await snapshots.finishOrphaned(true)
      })
      return connection.read(() => readGlobals(connection))
    },
    keys: () => read(connection.collection<KeyDocument>('key').find(), (document) => ({ key: keyOf(document), hash: document.hash })),
    audit: () => read(connection.collection<AuditDocument>('audit').find({}, { sort: { _id: 1 } }), copiedAuditEntry),
    machines: () => read(machines.collection.documents.find({}, { projection: { machine: 1 } }), ({ machine }) => machine, largeRows),
    async *sessions() {
      const options = { projection: { session: 1, tasks: 1 }, batchSize: largeRows }
      const rowOf = ({ session, tasks }: Omit<SessionWithTasks, 'observed'> & Document) => ({ session, tasks })
      for await (const rows of read(sessions.collection.documents.find({}, options), rowOf, largeRows)) {
        for (const row of rows) {
          const newest = () => sessions.observed.newest(row.session.session_id, MAX_OBSERVED_EVENTS)
          // Most sessions are not observed, and need no query.
          yield { ...row, observed: row.session.observed == null ? [] : await connection.read(newest) }
        }
      }
    },
    calls() {
      const options = { projection: { record: 1 }, batchSize: rows }
      return read(connection.collection<CallDocument>('call').find({}, options), recordOf)
    },
    snapshots() {
      const options = { sort: { at: 1, reading_id: 1 }, batchSize: largeRows } as const
      return read(snapshots.snapshots.find({}, options), snapshotVersion, largeRows)
    },
    days: () => read(snapshots.days.find(), copiedDay),
    plans: () => read(snapshots.accounts.find(), copiedPlan),
    collectors: () => read(collectors.collection.documents.find(), copiedCollector),
    async *alerts() {
      for (const table of alertTables) {
        for await (const rows of read(alertRows(connection, table), (document) => copiedAlertRow(table, document))) {
          const copied = rows.flatMap((row) => row ?? [])
          if (copied.length > 0) yield copied
        }
      }
    },
    lastEventId: async () => (await log.bounds()).last,
    events(upTo) {
      const options = { sort: { _id: 1 }, batchSize: rows } as const
      return read(connection.collection<EventDocument>('event').find({ _id: { $lte: upTo } }, options), copiedEvent)
    },
    results(after) {
      const finished = { made_at: { $gt: after }, result: { $exists: true } }
      const found = connection.collection<IdempotencyDocument>('once').find(finished, { batchSize: largeRows })
      return read(found, copiedResult, largeRows)
    },
  }
}

/** The documents of a cursor, page by page. */
async function* pages<T extends Document, Row>(
  connection: Connection,
  cursor: FindCursor<T>,
  rowOf: (document: T) => Row,
  limit: number,
): AsyncGenerator<Row[]> {
  try {
    for (;;) {
      const rows = await connection.read(async () => {
        const page: Row[] = []
        while (page.length < limit) {
          const document = await cursor.next()
          if (document === null) break
          page.push(rowOf(document))
        }
        return page
      })
      if (rows.length > 0) yield rows
      if (rows.length < limit) return
    }
  } finally {
    await cursor.close().catch(() => {})
  }
}

async function readGlobals(connection: Connection): Promise<GlobalsPortion> {
  const secret = await connection.collection<SecretDocument>('meta').findOne({ _id: 'cookie_secret' })
  const state = await connection.collection<StateDocument>('meta').findOne({ _id: 'usage' })
  return {
    kind: 'whole',
    cookieSecret: secret?.value,
    lastIngestAt: state?.last_ingest_at,
    deletions: await storedDeletions(connection),
    removals: await storedRemovals(connection),
    signIns: await storedSignIns(connection),
    folders: await storedFolders(connection),
    budgets: await storedBudgets(connection),
    savedViews: await storedViews(connection),
  }
}

export function copiedEvent({ _id, event, at, data }: EventDocument): CopiedEvent {
  return { id: _id, event, at, data }
}

function copiedResult({ _id, fingerprint, made_at, result }: IdempotencyDocument): CopiedResult {
  const text = textOf(_id)
  // An owner contains no line break.
  const end = text.indexOf('\n')
  return { owner: text.slice(0, end), key: text.slice(end + 1), fingerprint, result: result!, made_at }
}
