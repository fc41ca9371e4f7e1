import type { SessionCheck } from '@signalbox/contract/usage-check'
import { NOT_ITEMISED } from '@signalbox/usage/call'
import type { PriceTable } from '@signalbox/usage/price-table'
import { checkSession } from '@signalbox/usage/session-check'
import { countOpenCalls, placeOfCall } from './cost-state/open-call.ts'
import { readBases, readRuns, readSessionCalls } from './cost-state/read-session.ts'
import { recordReader } from './records.ts'
import type { LedgerStore } from './store/ledger-store.ts'
import type { ScannedCall } from './transcript/scanned-call.ts'

export interface VerifyOptions {
  /** The sessions; by default the newest ones. */
  readonly sessions?: readonly string[] | undefined
  /** How many of the newest sessions. */
  readonly last?: number | undefined
}

const DEFAULT_SESSIONS = 20

/** Puts side by side what the rows of sessions have and what Claude Code has recorded for them; the newest session last. */
export function verify(store: LedgerStore, table: PriceTable, { sessions, last = DEFAULT_SESSIONS }: VerifyOptions): SessionCheck[] {
  const asked = sessions ?? newestSessions(store, last)
  const calls = readSessionCalls(store, asked)
  return asked.map((session) => verifySession(store, table, session, calls.get(session) ?? []))
}

function newestSessions({ db }: LedgerStore, count: number): string[] {
  return db
    .prepare<[number], string>(
      `SELECT session FROM slices JOIN places ON places.id = place WHERE session <> '' GROUP BY session ORDER BY max(last_at) DESC LIMIT ?`,
    )
    .pluck()
    .all(count)
    .reverse()
}

function verifySession(store: LedgerStore, table: PriceTable, session: string, calls: readonly ScannedCall[]): SessionCheck {
  const runs = readRuns(store, session, calls)
  const recorded = runs.flatMap(({ sums }) =>
    [...sums].map(([model, { input, output, write, read, web_searches, cost_usd }]) => {
      return [model, { input, output, write, read, web_searches, cost_usd }] as const
    }),
  )
  return checkSession(
    {
      session,
      rows: calls,
      recorded: runs.length === 0 ? null : recorded,
      notItemised: recordReader(store, NOT_ITEMISED)(session),
      // It is sent to a hub, and no machine keeps it.
      telemetry: [],
      placeOf: (call) => placeOfCall(call as ScannedCall, runs),
      openCalls: countOpenCalls(calls, runs, table),
      restored: runs.length === 0 ? [] : readBases(store, session, calls),
    },
    table,
  )
}
