import { ESTIMATED, NOT_ITEMISED } from '@signalbox/usage/call'
import type { CallRow } from '../store/calls.ts'
import type { LedgerStore } from '../store/ledger-store.ts'
import type { CostState } from '../transcript/claude-code/cost-state.ts'
import type { ScannedCall } from '../transcript/scanned-call.ts'
import { findBase, findRuns, type RecordedRun } from './recorded-runs.ts'

/** Reads the calls of sessions, in the order of their times. It takes a pass over all calls. */
export function readSessionCalls({ db, calls }: LedgerStore, sessions: readonly string[]): Map<string, ScannedCall[]> {
  const rows = db
    .prepare<[string], CallRow>(
      `SELECT calls.* FROM calls WHERE place IN
         (SELECT id FROM places WHERE source NOT IN ('${NOT_ITEMISED}', '${ESTIMATED}') AND session IN (SELECT value FROM json_each(?))) ORDER BY at, key`,
    )
    .all(JSON.stringify(sessions))
  return Map.groupBy(rows.map(calls.toScanned), ({ session_id }) => session_id ?? '')
}

/** The runs of a session, from its own lines and what other sessions say about their common start. @param calls its own, oldest first */
export function readRuns(store: LedgerStore, session: string, calls: readonly ScannedCall[]): RecordedRun[] {
  const mainCalls = calls.filter(({ is_sidechain }) => !is_sidechain).map(({ at }) => at)
  return findRuns(store.costStates.linesOf(session), { mainCalls, baseOf: (first) => baseOf(store, session, calls, first) })
}

/** The sessions whose sums the lines of a session began with; `unknown` where no line of such a session is known. */
export function readBases(store: LedgerStore, session: string, calls: readonly ScannedCall[]): string[] {
  const lineages = Map.groupBy(store.costStates.linesOf(session), ({ start }) => start)
  return [...lineages.values()].flatMap((lines) => {
    const base = baseOf(store, session, calls, lines.reduce(isFirst))
    return base === 'none' ? [] : [base === 'unknown' ? base : base.session]
  })
}

function isFirst(a: CostState, b: CostState): CostState {
  return b.duration < a.duration ? b : a
}

function baseOf(store: LedgerStore, session: string, calls: readonly ScannedCall[], first: CostState): CostState | 'none' | 'unknown' {
  const until = calls.filter(({ at }) => at <= (first.at ?? Number.POSITIVE_INFINITY))
  const sum = (add: (call: ScannedCall) => number) => until.reduce((total, call) => total + add(call), 0)
  const prompt = {
    input: sum(({ input }) => input),
    read: sum(({ read }) => read),
    write: sum(({ write_5m, write_1h }) => write_5m + write_1h),
  }
  const relatives = store.costStates.relativesOf(session, first.start)
  const base = findBase(first, relatives, { ...prompt, at: calls[0]?.at ?? Number.POSITIVE_INFINITY })
  if (base !== undefined) return base
  // Older than calls that were copied from another session: its sums were taken over, and no line of it is known any more.
  const copiedAt = firstCopiedCall(store, session)
  return first.start > 0 && copiedAt !== null && first.start <= copiedAt ? 'unknown' : 'none'
}

/** The time of the first call that a session only has a copy of. */
function firstCopiedCall({ db }: LedgerStore, session: string): number | null {
  const found = db
    .prepare<[string, string], number | null>(
      `SELECT min(calls.at) FROM copies JOIN calls ON calls.key = copies.key JOIN places ON places.id = calls.place
       WHERE copies.session = ? AND places.session <> ?`,
    )
    .pluck()
    .get(session, session)
  return found ?? null
}
