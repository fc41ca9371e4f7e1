import { wireLabel } from '@signalbox/contract/limit-label'
import { type LimitSnapshot, type PlanWindow, windowKey } from '@signalbox/usage/limit-snapshot'
import type { LedgerStore } from './store/ledger-store.ts'
import type { Store } from './store/open-store.ts'

/** The snapshots of the plan limits: those that the hub has not confirmed, and the delivered ones of `DELIVERED_TTL_MS`. */
export interface SnapshotQueue {
  /**
   * Stores a snapshot; when this returns, it survives a power cut. Idempotent, whatever became of the first one.
   * @returns its idempotencyKey: the same for the same account, source, machine, `capturedAt` and windows
   * @throws LedgerError; then the snapshot is not stored
   */
  put(snapshot: LimitSnapshot): string
  /** The pending snapshot that was captured first, except those with these keys; undefined when there is none. */
  oldest(except?: readonly string[]): PendingSnapshot | undefined
  /** Marks a snapshot as delivered. Has no effect when `resend` was called after `oldest`. */
  confirm(pending: PendingSnapshot): void
  /** Marks a snapshot as rejected permanently, with the reason of the hub, until another hub is used. */
  setAside(pending: PendingSnapshot, reason: string): void
  /** The number of pending snapshots. */
  pending(): number
  /** Whether no snapshot was ever stored. */
  isEmpty(): boolean
  /** The latest hundred rejected snapshots. */
  rejected(): RejectedSnapshot[]
  rejectedTotal(): number
  /** The newest snapshot of each account, source and machine, delivered or not; newest first. */
  newest(): LimitSnapshot[]
  /** Passes on the stored snapshots of these accounts since an instant, the oldest first. @param accounts `''`: those that name none */
  forEachSince(since: number, accounts: readonly string[], take: (snapshot: LimitSnapshot) => void): void
  /**
   * Sets the hub that snapshots are sent to, by the id of its store. It can differ from the hub of the calls.
   * @returns true when it differs from the former hub; then all stored snapshots are pending again
   */
  hubChanged(hub: string): boolean
  /** Makes all stored snapshots pending again, rejected ones included. */
  resend(): void
}

export interface PendingSnapshot {
  /** The idempotencyKey. */
  readonly key: string
  readonly snapshot: LimitSnapshot
  /** How often `resend` had been called when the snapshot was returned by `oldest`. */
  readonly round: number
}

export interface RejectedSnapshot {
  readonly key: string
  /** ISO instants. */
  readonly captured_at: string
  readonly at: string
  readonly source: string
  readonly reason: string
}

/** How long delivered snapshots are stored, in milliseconds, for a hub that loses its own. Pending ones are never deleted. */
export const DELIVERED_TTL_MS = 30 * 86_400_000
/** The interval between two deletions of expired snapshots, in milliseconds. */
const PRUNE_INTERVAL_MS = 3_600_000

export function openSnapshotQueue(store: LedgerStore, now: () => number): SnapshotQueue {
  const statements = prepareStatements(store.db)
  const prune = createPruner(statements, now)
  const settle = ({ key, round }: PendingSnapshot, state: 'delivered' | 'set_aside', reason: string | null) =>
    void store.transact(() => statements.settle.run(state, reason, now(), key, round))
  const count = (state: 'pending' | 'set_aside') => store.read(() => statements.count.get(state) ?? 0)
  return {
    put(snapshot) {
      const { account = '', source = '', machineId = '', capturedAt } = snapshot
      const key = snapshotKey(snapshot)
      transactDurably(store, () => {
        statements.add.run(key, account, source, machineId, capturedAt, JSON.stringify(snapshot))
        prune()
      })
      return key
    },
    oldest(except) {
      const row = store.read(() => (except === undefined ? statements.oldest.get() : statements.oldestExcept.get(JSON.stringify(except))))
      return row === undefined ? undefined : { key: row.key, snapshot: JSON.parse(row.snapshot) as LimitSnapshot, round: row.round }
    },
    confirm: (pending) => settle(pending, 'delivered', null),
    setAside: (pending, reason) => settle(pending, 'set_aside', reason),
    pending: () => count('pending'),
    isEmpty: () => store.read(() => statements.first.get() === undefined),
    rejected: () => store.read(() => statements.rejected.all()).map(toRejected),
    rejectedTotal: () => count('set_aside'),
    newest: () => store.read(() => statements.newest.all()).map((text) => JSON.parse(text) as LimitSnapshot),
    forEachSince: (since, accounts, take) =>
      store.read(() => {
        for (const text of statements.since.iterate(JSON.stringify(accounts), since)) take(JSON.parse(text) as LimitSnapshot)
      }),
    hubChanged: (hub) => store.transact(() => setHub(store, statements, hub)),
    resend: () => void store.transact(() => statements.resend.run()),
  }
}

/** Waits for the disk: calls are read again from their transcripts after a power cut, but a snapshot has no other copy. */
function transactDurably(store: LedgerStore, work: () => void): void {
  const before = store.db.pragma('synchronous', { simple: true })
  store.db.pragma('synchronous = FULL')
  try {
    store.transact(work)
  } finally {
    store.db.pragma(`synchronous = ${before}`)
  }
}

/** Creates a function that deletes expired snapshots, at most once per interval. */
function createPruner(statements: Statements, now: () => number): () => void {
  let prunedAt = Number.NEGATIVE_INFINITY
  return () => {
    const time = now()
    if (Math.abs(time - prunedAt) < PRUNE_INTERVAL_MS) return
    statements.prune.run(time - DELIVERED_TTL_MS)
    prunedAt = time
  }
}

/** @returns whether all stored snapshots became pending again */
function setHub({ meta }: LedgerStore, statements: Statements, hub: string): boolean {
  const before = meta.get('readings_hub')
  if (before === hub) return false
  meta.set('readings_hub', hub)
  if (before === undefined) return false
  statements.resend.run()
  return true
}

function toRejected({ settled_at, captured_at, ...row }: RejectedRow): RejectedSnapshot {
  return { ...row, captured_at: new Date(captured_at).toISOString(), at: new Date(settled_at).toISOString() }
}

interface SnapshotRow {
  readonly key: string
  readonly snapshot: string
  readonly round: number
}

interface RejectedRow {
  readonly key: string
  readonly captured_at: number
  readonly settled_at: number
  readonly source: string
  readonly reason: string
}

type Statements = ReturnType<typeof prepareStatements>

function prepareStatements(db: Store) {
  return {
    add: db.prepare(
      "INSERT INTO readings (key, account, source, machine, captured_at, snapshot, state) VALUES (?, ?, ?, ?, ?, ?, 'pending') ON CONFLICT DO NOTHING",
    ),
    oldest: db.prepare<[], SnapshotRow>(
      "SELECT key, snapshot, round FROM readings WHERE state = 'pending' ORDER BY captured_at, id LIMIT 1",
    ),
    oldestExcept: db.prepare<[string], SnapshotRow>(
      "SELECT key, snapshot, round FROM readings WHERE state = 'pending' AND key NOT IN (SELECT value FROM json_each(?)) ORDER BY captured_at, id LIMIT 1",
    ),
    settle: db.prepare("UPDATE readings SET state = ?, reason = ?, settled_at = ? WHERE key = ? AND round = ? AND state = 'pending'"),
    count: db.prepare<[string], number>('SELECT count(*) FROM readings WHERE state = ?').pluck(),
    first: db.prepare('SELECT 1 FROM readings LIMIT 1'),
    rejected: db.prepare<[], RejectedRow>(
      "SELECT key, captured_at, settled_at, source, reason FROM readings WHERE state = 'set_aside' ORDER BY settled_at DESC, id DESC LIMIT 100",
    ),
    // The recursion jumps from one origin to the next by index: a month has tens of thousands of snapshots of few origins.
    newest: db
      .prepare<[], string>(
        `WITH RECURSIVE origin (account, source, machine) AS (
          SELECT * FROM (SELECT account, source, machine FROM readings ORDER BY account, source, machine LIMIT 1)
          UNION ALL
          SELECT next.account, next.source, next.machine FROM origin AS o JOIN readings AS next ON next.id = coalesce(
            (SELECT id FROM readings WHERE account = o.account AND source = o.source AND machine > o.machine
              ORDER BY machine LIMIT 1),
            (SELECT id FROM readings WHERE account = o.account AND source > o.source ORDER BY source, machine LIMIT 1),
            (SELECT id FROM readings WHERE account > o.account ORDER BY account, source, machine LIMIT 1)))
        SELECT snapshot FROM origin AS o JOIN readings AS newest ON newest.id = (
          SELECT id FROM readings WHERE account = o.account AND source = o.source AND machine = o.machine
          ORDER BY captured_at DESC, id DESC LIMIT 1)
        ORDER BY captured_at DESC, newest.id DESC`,
      )
      .pluck(),
    since: db
      .prepare<[string, number], string>(
        'SELECT snapshot FROM readings WHERE account IN (SELECT value FROM json_each(?)) AND captured_at >= ? ORDER BY captured_at, id',
      )
      .pluck(),
    prune: db.prepare(
      `DELETE FROM readings AS old WHERE state = 'delivered' AND captured_at < ? AND EXISTS (
        SELECT 1 FROM readings WHERE account = old.account AND source = old.source AND machine = old.machine AND captured_at > old.captured_at)`,
    ),
    resend: db.prepare("UPDATE readings SET state = 'pending', reason = NULL, settled_at = NULL, round = round + 1"),
  }
}

const KEY_FIELDS = ['percentUsed', 'resetsAt', 'resetsText', 'state', 'problem'] as const satisfies readonly (keyof PlanWindow)[]

/** Absent where a window has no age of its own, so that such snapshots keep the keys that they had before there were ages. */
const agesOf = ({ asOf }: PlanWindow) => (asOf === undefined ? [] : [asOf])

/**
 * The idempotency key of a snapshot. It does not depend on the order of windows and fields, and it uses the labels of the wire,
 * so that a snapshot keeps its key when the displayed labels change.
 */
function snapshotKey(snapshot: LimitSnapshot): string {
  const windows = snapshot.windows
    .map(
      (window) => [windowKey(window), wireLabel(window), ...KEY_FIELDS.map((field) => window[field] ?? null), ...agesOf(window)] as const,
    )
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const { account = null, source = null, machineId = null, capturedAt } = snapshot
  const text = JSON.stringify([account, source, machineId, capturedAt, windows])
  return process.getBuiltinModule('node:crypto').hash('sha256', text, 'hex').slice(0, 40)
}
