import type { UsageReport } from '@signalbox/contract/usage'
import type { SessionCheck } from '@signalbox/contract/usage-check'
import { ESTIMATED, NOT_ITEMISED } from '@signalbox/usage/call'
import type { FindOptions, FoundNames } from '@signalbox/usage/find-names'
import { defaultPriceTable, type PriceTable } from '@signalbox/usage/price-table'
import type { ProjectGroup } from '@signalbox/usage/project-map'
import type { EstimateQuality } from './estimate/error.ts'
import { type FolderQueue, openFolderQueue } from './folder-queue.ts'
import { type KnownName, readKnownNames } from './known-names.ts'
import { type Lease, openLease } from './lease.ts'
import { type LimitMemory, openLimitMemory } from './limit-memory.ts'
import { type LivingChanges, type LivingSessions, openLivingSessions } from './living-sessions.ts'
import { type ObservationQueue, openObservationQueue } from './observation-queue.ts'
import { type Outbox, openOutbox } from './outbox.ts'
import { createNameRedactor, createRedactor } from './redact.ts'
import { type RefreshOptions, type RefreshSummary, refresh } from './refresh.ts'
import { type ReportOptions, report } from './report.ts'
import { openSessionUsage, type SessionUsage } from './session-usage.ts'
import { openSnapshotQueue, type SnapshotQueue } from './snapshot-queue.ts'
import { type LedgerStore, openLedgerStore } from './store/ledger-store.ts'
import type { VerifyOptions } from './verify.ts'

export interface LedgerOptions {
  /** The folder of the ledger's file; created when it does not exist. */
  readonly dataDir: string
  /** The prices of reports; defaults to the shipped table. */
  readonly priceTable?: PriceTable | undefined
  /** Whether calls in the outbox have hashes instead of working directory and branch. */
  readonly redactProjects?: boolean | undefined
  /** Repositories that count as one project in reports. */
  readonly projectGroups?: readonly ProjectGroup[] | undefined
  /** The current time, in milliseconds since 1970. */
  readonly now?: (() => number) | undefined
}

export interface LedgerStatus {
  readonly file: string
  readonly calls: number
  /** The first and the last call, as ISO instants. */
  readonly first_call_at: string | null
  readonly last_call_at: string | null
  /** The number of transcripts at the last refresh. */
  readonly transcripts: number
  /** The number of lines in them that could not be read completely. */
  readonly bad_lines: number
  /** When something new was last read, as an ISO instant. */
  readonly last_read_at: string | null
  /** The hub that calls are sent to. */
  readonly hub: string | null
  readonly pending: number
  /** The latest hundred calls that the hub rejected permanently. */
  readonly set_aside: readonly { key: string; reason: string; at: string }[]
  readonly set_aside_total: number
}

/** The local database of all calls of this machine. */
export interface Ledger {
  /** Updates the ledger from the transcripts; refreshes run one at a time. @throws LedgerError */
  refresh(options: RefreshOptions): Promise<RefreshSummary>
  /** @throws LedgerError; TimeError when since or until is not a time; RangeError for an unknown time zone */
  report(options: ReportOptions): UsageReport
  /** The names that calls have, those of the newest calls first; an empty text where some have none. @throws LedgerError */
  knownNames(name: KnownName): string[]
  /** Finds the projects that a text means, among those of calls. @throws LedgerError */
  findProjects(asked: string, options: FindOptions): Promise<FoundNames>
  /** The titles of sessions, read from their transcripts now: they are not stored. @throws LedgerError */
  sessionTitles(sessions: readonly string[]): Promise<Map<string, string>>
  /** What the rows of sessions have beside what Claude Code has recorded for them. @throws LedgerError */
  verify(options: VerifyOptions): Promise<SessionCheck[]>
  /** How far estimates of this machine are off. @throws LedgerError */
  estimateQuality(): Promise<EstimateQuality>
  readonly outbox: Outbox
  /** The projects of folders that the hub has not confirmed. */
  readonly folders: FolderQueue
  /** The snapshots of the plan limits. */
  readonly snapshots: SnapshotQueue
  /** What the sources of plan limits remember. */
  readonly limitMemory: LimitMemory
  /** The observations of sessions. */
  readonly observations: ObservationQueue
  /** The sessions that were alive when the collector last looked. */
  readonly livingSessions: LivingSessions
  /** The tokens and the cost of a session so far; undefined when it has no calls. @throws LedgerError */
  sessionUsage(session: string): SessionUsage | undefined
  /** A name of a folder or a branch, as it leaves this machine: a hash where `redactProjects` is set. */
  toSentName(name: string): string
  /** Ensures that only one collector sends at a time. */
  readonly lease: Lease
  /** @throws LedgerError */
  status(): LedgerStatus
  close(): void
}

/**
 * Opens the ledger in a folder.
 * @throws LedgerError with a suggestion: no permission, disk full, damaged, or written by a newer version
 */
export function openLedger(options: LedgerOptions): Ledger {
  const { dataDir, priceTable = defaultPriceTable(), redactProjects = false, projectGroups, now = Date.now } = options
  const store = openLedgerStore(dataDir)
  let outbox: Outbox | undefined
  let snapshots: SnapshotQueue | undefined
  let limitMemory: LimitMemory | undefined
  let observations: ObservationQueue | undefined
  let livingSessions: (LivingSessions & LivingChanges) | undefined
  const living = () => {
    livingSessions ??= store.read(() => openLivingSessions(store))
    return livingSessions
  }
  let sessionUsage: ((session: string) => SessionUsage | undefined) | undefined
  let folders: FolderQueue | undefined
  let redactName: ((name: string) => string) | undefined
  let lease: Lease | undefined
  const nameRedactor = () => {
    redactName ??= createNameRedactor(store)
    return redactName
  }
  let lastRefresh: Promise<RefreshSummary> | undefined
  return {
    refresh(request) {
      // Two refreshes at once in one process would only read the same bytes twice.
      const next = async () => refresh(store, request, now)
      const current = lastRefresh === undefined ? next() : lastRefresh.then(next, next)
      lastRefresh = current
      return current
    },
    report: (request) => store.read(() => report(store, priceTable, { now: now(), projectGroups, ...request })),
    knownNames: (name) => store.read(() => readKnownNames(store, name)),
    async findProjects(asked, how) {
      // Loaded on demand: most reports have no filter.
      const { findLedgerProjects } = await import('./find-projects.ts')
      return store.read(() => findLedgerProjects(store, asked, how, projectGroups))
    },
    async sessionTitles(sessions) {
      // Loaded on demand: most reports are not about sessions.
      const { readSessionTitles } = await import('./session-titles.ts')
      return store.read(() => readSessionTitles(store, sessions))
    },
    async verify(request) {
      // Loaded on demand: reports do not need it.
      const { verify } = await import('./verify.ts')
      return store.read(() => verify(store, priceTable, request))
    },
    async estimateQuality() {
      const { readQuality } = await import('./estimate/error.ts')
      return store.read(() => readQuality(store, now()))
    },
    get outbox() {
      outbox ??= store.read(() => openOutbox(store, { now, redact: redactProjects ? createRedactor(nameRedactor()) : undefined }))
      return outbox
    },
    get folders() {
      folders ??= store.read(() => openFolderQueue(store, redactProjects ? nameRedactor() : undefined))
      return folders
    },
    get snapshots() {
      snapshots ??= store.read(() => openSnapshotQueue(store, now))
      return snapshots
    },
    get limitMemory() {
      limitMemory ??= store.read(() => openLimitMemory(store, now))
      return limitMemory
    },
    get observations() {
      observations ??= store.read(() => openObservationQueue(store, now, living()))
      return observations
    },
    get livingSessions() {
      return living()
    },
    sessionUsage(session) {
      return store.read(() => {
        sessionUsage ??= openSessionUsage(store, priceTable, now)
        return sessionUsage(session)
      })
    },
    toSentName: (name) => (redactProjects ? nameRedactor()(name) : name),
    get lease() {
      lease ??= openLease(store, now)
      return lease
    },
    status: () => store.read(() => readStatus(store)),
    close: () => store.close(),
  }
}

/** The records that are no calls themselves; see records.ts. */
function countRecords(count: (sql: string) => number): number {
  return [NOT_ITEMISED, ESTIMATED].reduce(
    (sum, name) => sum + count(`SELECT count(*) FROM calls WHERE key >= '${name}:' AND key < '${name};'`),
    0,
  )
}

function readStatus({ db, meta, pending, file }: LedgerStore): LedgerStatus {
  const number = (sql: string, ...values: number[]) =>
    db
      .prepare<number[], number | null>(sql)
      .pluck()
      .get(...values) ?? 0
  const instant = (ms: number | null | undefined) => (ms === null || ms === undefined ? null : new Date(ms).toISOString())
  const time = (sql: string) => instant(db.prepare<[], number | null>(sql).pluck().get())
  const rejected = db
    .prepare<[], { key: string; reason: string; at: number }>('SELECT key, reason, at FROM set_aside ORDER BY at DESC, key LIMIT 100')
    .all()
  const lastRead = meta.get('last_read')
  return {
    file,
    calls: number('SELECT count(*) FROM calls') - countRecords(number),
    first_call_at: time('SELECT min(at) FROM calls'),
    last_call_at: time('SELECT max(at) FROM calls'),
    transcripts: number('SELECT count(*) FROM files'),
    bad_lines: number('SELECT sum(bad_lines) FROM files'),
    last_read_at: lastRead === undefined ? null : instant(Number(lastRead)),
    hub: meta.get('hub') ?? null,
    pending: pending.count(),
    set_aside: rejected.map(({ key, reason, at }) => ({ key, reason, at: new Date(at).toISOString() })),
    set_aside_total: number('SELECT count(*) FROM set_aside'),
  }
}
