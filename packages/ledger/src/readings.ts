import { type LimitSnapshot, type PlanWindow, windowKey } from '@signalbox/usage/limit-snapshot'
import type { LedgerStore } from './store/ledger-store.ts'

/** Readings of the plan limits: those the hub has not confirmed, and those it has, for a while. */
export interface Readings {
  /**
   * Keeps a reading; when this returns, it survives a power cut. Put twice it is one, whatever became of the first.
   * @returns its idempotencyKey: the same for the same account, source, machine, `capturedAt` and windows
   * @throws LedgerError; then it is not kept
   */
  put(snapshot: LimitSnapshot): string
  /** The pending reading that was taken first; undefined when nothing is pending. */
  oldest(): PendingReading | undefined
  /** The hub has it. Means nothing when everything was made pending since `oldest`. */
  confirm(reading: PendingReading): void
  /** The hub refuses it for ever: it steps aside, with the hub's reason, until there is another hub. */
  setAside(reading: PendingReading, reason: string): void
  pending(): number
  /** Nothing was ever put. */
  isEmpty(): boolean
  /** Those that were refused, the latest hundred. */
  refused(): RefusedReading[]
  refusedTotal(): number
  /** Of each account, source and machine the newest, delivered or not; the newest first. */
  newest(): LimitSnapshot[]
  /** As of the outbox of calls, by a name of its own: readings may go to another hub. True when everything kept is pending again. */
  hubChanged(hub: string): boolean
  /** Makes all that is kept pending again, what was set aside too. */
  resend(): void
}

export interface PendingReading {
  /** Its idempotencyKey. */
  readonly key: string
  readonly snapshot: LimitSnapshot
  /** How often everything was made pending again before it was handed out. */
  readonly round: number
}

export interface RefusedReading {
  readonly key: string
  /** ISO instants. */
  readonly captured_at: string
  readonly at: string
  readonly source: string
  readonly reason: string
}

/** Milliseconds for which delivered readings are kept, for a hub that loses its own. Pending ones stay for ever. */
export const KEEP_MS = 30 * 86_400_000
/** Milliseconds between two looks for what is too old. */
const PRUNE_EVERY_MS = 3_600_000

interface ReadingRow {
  readonly key: string
  readonly snapshot: string
  readonly round: number
}

export function openReadings(store: LedgerStore, now: () => number): Readings {
  const { db, meta } = store
  const add = db.prepare(
    "INSERT INTO readings (key, account, source, machine, captured_at, snapshot, state) VALUES (?, ?, ?, ?, ?, ?, 'pending') ON CONFLICT DO NOTHING",
  )
  const oldest = db.prepare<[], ReadingRow>(
    "SELECT key, snapshot, round FROM readings WHERE state = 'pending' ORDER BY captured_at, id LIMIT 1",
  )
  const settle = db.prepare("UPDATE readings SET state = ?, reason = ?, settled_at = ? WHERE key = ? AND round = ? AND state = 'pending'")
  const count = db.prepare<[string], number>('SELECT count(*) FROM readings WHERE state = ?').pluck()
  const first = db.prepare('SELECT 1 FROM readings LIMIT 1')
  const refused = db.prepare<[], { key: string; captured_at: number; settled_at: number; source: string; reason: string }>(
    "SELECT key, captured_at, settled_at, source, reason FROM readings WHERE state = 'set_aside' ORDER BY settled_at DESC, id DESC LIMIT 100",
  )
  // From one origin to the next: a month has tens of thousands of readings, of a few origins.
  const newest = db
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
    .pluck()
  const prune = db.prepare(
    `DELETE FROM readings AS old WHERE state = 'delivered' AND captured_at < ? AND EXISTS (
      SELECT 1 FROM readings WHERE account = old.account AND source = old.source AND machine = old.machine AND captured_at > old.captured_at)`,
  )
  const again = db.prepare("UPDATE readings SET state = 'pending', reason = NULL, settled_at = NULL, round = round + 1")
  let pruneAt = Number.NEGATIVE_INFINITY

  const durably = <T>(work: () => T): T => {
    // A call is read again from its transcript after a power cut; a reading is nowhere else.
    const usual = db.pragma('synchronous', { simple: true })
    db.pragma('synchronous = FULL')
    try {
      return store.transact(work)
    } finally {
      db.pragma(`synchronous = ${usual}`)
    }
  }
  const end = ({ key, round }: PendingReading, state: 'delivered' | 'set_aside', reason: string | null) =>
    store.transact(() => settle.run(state, reason, now(), key, round))

  return {
    put(snapshot) {
      const { account = '', source = '', machineId = '', capturedAt } = snapshot
      const key = keyOf(snapshot)
      durably(() => {
        add.run(key, account, source, machineId, capturedAt, JSON.stringify(snapshot))
        if (Math.abs(now() - pruneAt) < PRUNE_EVERY_MS) return
        prune.run(now() - KEEP_MS)
        pruneAt = now()
      })
      return key
    },
    oldest: () =>
      store.ask(() => {
        const row = oldest.get()
        return row === undefined ? undefined : { key: row.key, snapshot: JSON.parse(row.snapshot) as LimitSnapshot, round: row.round }
      }),
    confirm: (reading) => void end(reading, 'delivered', null),
    setAside: (reading, reason) => void end(reading, 'set_aside', reason),
    pending: () => store.ask(() => count.get('pending') ?? 0),
    isEmpty: () => store.ask(() => first.get() === undefined),
    refused: () =>
      store.ask(() =>
        refused.all().map(({ settled_at, captured_at, ...row }) => ({
          ...row,
          captured_at: new Date(captured_at).toISOString(),
          at: new Date(settled_at).toISOString(),
        })),
      ),
    refusedTotal: () => store.ask(() => count.get('set_aside') ?? 0),
    newest: () => store.ask(() => newest.all().map((text) => JSON.parse(text) as LimitSnapshot)),
    hubChanged: (hub) =>
      store.transact(() => {
        const before = meta.get('readings_hub')
        if (before === hub) return false
        meta.set('readings_hub', hub)
        if (before === undefined) return false
        again.run()
        return true
      }),
    resend: () => void store.transact(() => again.run()),
  }
}

/** The same for the same words of the same moment, in whatever order the windows and their fields come. */
function keyOf(snapshot: LimitSnapshot): string {
  const windows = snapshot.windows
    .map((window) => [windowKey(window), ...FIELDS.map((field) => window[field] ?? null)] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const { account = null, source = null, machineId = null, capturedAt } = snapshot
  const text = JSON.stringify([account, source, machineId, capturedAt, windows])
  return process.getBuiltinModule('node:crypto').hash('sha256', text, 'hex').slice(0, 40)
}

const FIELDS = ['label', 'percentUsed', 'resetsAt', 'resetsText', 'state', 'problem'] as const satisfies readonly (keyof PlanWindow)[]
