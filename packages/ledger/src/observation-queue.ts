import type { SessionObservation } from '@signalbox/contract/session-observation'
import type { LivingChanges } from './living-sessions.ts'
import type { LedgerStore } from './store/ledger-store.ts'
import type { Store } from './store/open-store.ts'

/** The observations of sessions that the hub has not confirmed, in the order in which they were made. */
export interface ObservationQueue {
  /**
   * Stores observations in one transaction, with what they change of the living sessions; when this returns, they survive the end
   * of the process. One whose id is pending already is ignored. @throws LedgerError; then none is stored
   */
  put(observations: readonly SessionObservation[]): void
  /** The oldest observations, at most `limit` and about `maxBytes` of JSON; undefined when nothing is pending. */
  next(limit: number, maxBytes?: number): ObservationPage | undefined
  /** Removes every observation up to and including `upTo`. */
  confirm(upTo: number): void
  /** Removes one observation, which the hub rejects. */
  remove(key: string): void
  /** The number of pending observations. */
  pending(): number
  /** When the oldest pending observation was queued, in milliseconds since 1970; undefined when nothing is pending. */
  pendingSince(): number | undefined
  /** Sets the hub that observations are sent to, by the id of its store. @returns whether it differs from the former hub */
  hubChanged(hub: string): boolean
}

export interface QueuedObservation {
  /** The observation_id. */
  readonly key: string
  readonly observation: SessionObservation
}

export interface ObservationPage {
  readonly items: readonly QueuedObservation[]
  /** The argument for `confirm` after the hub has accepted the page. */
  readonly upTo: number
}

/**
 * From this many pending observations on, one that only has counters is merged with the next of its session. A hub that is
 * away for a week would otherwise be sent every number of every session; what happened in a session is never dropped.
 */
const MERGE_FROM = 1_000

/** @param mergeFrom for tests */
export function openObservationQueue(
  store: LedgerStore,
  now: () => number,
  living: LivingChanges,
  mergeFrom = MERGE_FROM,
): ObservationQueue {
  const statements = prepareStatements(store.db)
  const add = (observation: SessionObservation, queuedAt: number, merging: boolean) => {
    const { observation_id: key, session_id: session, source } = observation
    if (!hasOnlyCounters(observation)) {
      statements.add.run(key, session, source, 0, queuedAt, JSON.stringify(observation))
      return
    }
    const merged = merging ? mergeOlder(observation) : observation
    statements.add.run(key, session, source, 1, queuedAt, JSON.stringify(merged))
  }
  const mergeOlder = (observation: SessionObservation): SessionObservation => {
    let fields = {}
    for (const { id, text } of statements.counters.all(observation.session_id, observation.source)) {
      const older = JSON.parse(text) as SessionObservation
      if (older.at > observation.at) continue
      fields = { ...fields, ...older.fields }
      statements.removeId.run(id)
    }
    return { ...observation, fields: { ...fields, ...observation.fields } }
  }
  return {
    put(observations) {
      if (observations.length === 0) return
      store.transact(() => {
        const merging = (statements.count.get() ?? 0) >= mergeFrom
        for (const observation of observations) {
          add(observation, now(), merging)
          living.apply(observation.observation_id)
        }
      })
      living.settle(observations.map(({ observation_id }) => observation_id))
    },
    next: (limit, maxBytes = Number.POSITIVE_INFINITY) =>
      store.read(() => {
        const items: QueuedObservation[] = []
        let upTo = 0
        let bytes = 0
        for (const { id, key, text } of statements.page.iterate(limit)) {
          bytes += Buffer.byteLength(text) + 1
          if (items.length > 0 && bytes > maxBytes) break
          items.push({ key, observation: JSON.parse(text) as SessionObservation })
          upTo = id
        }
        return items.length === 0 ? undefined : { items, upTo }
      }),
    confirm: (upTo) => void store.transact(() => statements.removeUpTo.run(upTo)),
    remove: (key) => void store.transact(() => statements.remove.run(key)),
    pending: () => store.read(() => statements.count.get() ?? 0),
    pendingSince: () => store.read(() => statements.first.get()),
    hubChanged: (hub) =>
      store.transact(() => {
        const before = store.meta.get('observations_hub')
        if (before === hub) return false
        store.meta.set('observations_hub', hub)
        return before !== undefined
      }),
  }
}

/** Whether a newer observation of the same session and source makes this one superfluous. */
function hasOnlyCounters({ alive, end, activity, subagents, subagents_running, tasks, event }: SessionObservation): boolean {
  return [alive, end, activity, subagents, subagents_running, tasks, event].every((part) => part === undefined)
}

function prepareStatements(db: Store) {
  return {
    add: db.prepare(
      'INSERT INTO observations (key, session, source, counters, queued_at, observation) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    counters: db.prepare<[string, string], { id: number; text: string }>(
      'SELECT id, observation AS text FROM observations WHERE session = ? AND source = ? AND counters = 1 ORDER BY id',
    ),
    page: db.prepare<[number], { id: number; key: string; text: string }>(
      'SELECT id, key, observation AS text FROM observations ORDER BY id LIMIT ?',
    ),
    removeUpTo: db.prepare('DELETE FROM observations WHERE id <= ?'),
    removeId: db.prepare('DELETE FROM observations WHERE id = ?'),
    remove: db.prepare('DELETE FROM observations WHERE key = ?'),
    count: db.prepare<[], number>('SELECT count(*) FROM observations').pluck(),
    first: db.prepare<[], number>('SELECT queued_at FROM observations ORDER BY id LIMIT 1').pluck(),
  }
}
