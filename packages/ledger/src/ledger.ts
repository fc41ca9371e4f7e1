import type { UsageReport } from '@signalbox/contract/usage'
import { defaultPriceTable, type PriceTable } from '@signalbox/usage/price-table'
import { type Lease, openLease } from './lease.ts'
import { type Outbox, openOutbox } from './outbox.ts'
import { openReadings, type Readings } from './readings.ts'
import { redactor } from './redact.ts'
import { type RefreshOptions, type RefreshSummary, refresh } from './refresh.ts'
import { type ReportOptions, report } from './report.ts'
import { type LedgerStore, openLedgerStore } from './store/ledger-store.ts'

export interface LedgerOptions {
  /** Folder of the ledger's file; made when it is not there. */
  readonly dataDir: string
  /** Prices of reports; the shipped table unless said otherwise. */
  readonly priceTable?: PriceTable | undefined
  /** Calls leave through the outbox with a hash instead of working directory and branch. */
  readonly redactProjects?: boolean | undefined
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
}

export interface LedgerStatus {
  readonly file: string
  readonly calls: number
  /** ISO instants of the first and the last call. */
  readonly first_call_at: string | null
  readonly last_call_at: string | null
  /** Transcripts that were there at the last refresh. */
  readonly transcripts: number
  /** Lines in them of which something could not be read. */
  readonly bad_lines: number
  /** ISO instant at which something new was last read. */
  readonly last_read_at: string | null
  /** The hub calls are sent to. */
  readonly hub: string | null
  readonly pending: number
  /** Calls the hub refused for ever, the latest hundred. */
  readonly set_aside: readonly { key: string; reason: string; at: string }[]
  readonly set_aside_total: number
}

/** Every call of this machine, once and for ever. */
export interface Ledger {
  /** Brings the ledger up to date with the transcripts; one refresh at a time. @throws LedgerError */
  refresh(options: RefreshOptions): Promise<RefreshSummary>
  /** @throws LedgerError; TimeError when since or until is not a time; RangeError when there is no such zone */
  report(options: ReportOptions): UsageReport
  readonly outbox: Outbox
  /** Readings of the plan limits. */
  readonly readings: Readings
  /** So that two collectors do not send the same twice. */
  readonly lease: Lease
  /** @throws LedgerError */
  status(): LedgerStatus
  close(): void
}

/**
 * Opens the ledger in a folder.
 * @throws LedgerError with a suggestion: no permission, disk full, damaged, written by a newer version
 */
export function openLedger(options: LedgerOptions): Ledger {
  const { dataDir, priceTable = defaultPriceTable(), redactProjects = false, now = Date.now } = options
  const store = openLedgerStore(dataDir)
  let outbox: Outbox | undefined
  let readings: Readings | undefined
  let lease: Lease | undefined
  let running: Promise<RefreshSummary> | undefined
  return {
    refresh(request) {
      // Two at once in one process would only read the same bytes twice.
      const next = async () => refresh(store, request, now)
      const mine = running === undefined ? next() : running.then(next, next)
      running = mine
      return mine
    },
    report: (request) => store.ask(() => report(store, priceTable, { now: now(), ...request })),
    get outbox() {
      outbox ??= store.ask(() => openOutbox(store, { now, redact: redactProjects ? redactor(store) : undefined }))
      return outbox
    },
    get readings() {
      readings ??= store.ask(() => openReadings(store, now))
      return readings
    },
    get lease() {
      lease ??= openLease(store, now)
      return lease
    },
    status: () => store.ask(() => readStatus(store)),
    close: () => store.close(),
  }
}

function readStatus({ db, meta, pending, file }: LedgerStore): LedgerStatus {
  const number = (sql: string, ...values: number[]) =>
    db
      .prepare<number[], number | null>(sql)
      .pluck()
      .get(...values) ?? 0
  const instant = (ms: number | null | undefined) => (ms === null || ms === undefined ? null : new Date(ms).toISOString())
  const time = (sql: string) => instant(db.prepare<[], number | null>(sql).pluck().get())
  const aside = db
    .prepare<[], { key: string; reason: string; at: number }>('SELECT key, reason, at FROM set_aside ORDER BY at DESC, key LIMIT 100')
    .all()
  const read = meta.get('last_read')
  return {
    file,
    calls: number('SELECT count(*) FROM calls'),
    first_call_at: time('SELECT min(at) FROM calls'),
    last_call_at: time('SELECT max(at) FROM calls'),
    transcripts: number('SELECT count(*) FROM files'),
    bad_lines: number('SELECT sum(bad_lines) FROM files'),
    last_read_at: read === undefined ? null : instant(Number(read)),
    hub: meta.get('hub') ?? null,
    pending: pending.count(),
    set_aside: aside.map(({ key, reason, at }) => ({ key, reason, at: new Date(at).toISOString() })),
    set_aside_total: number('SELECT count(*) FROM set_aside'),
  }
}
