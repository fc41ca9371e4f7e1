import type { Call } from '@signalbox/contract/call'
import type { UsageReport, UsageRow, UsageTotals } from '@signalbox/contract/usage'
import type { MergeableCall } from './call-merge.ts'

/*
 * Calls that never got their final record leave sums that are at least what is shown, unless Claude Code has recorded what they lack.
 * Whether it has is known of a session as a whole: what it has recorded has the time of the last call of its run, so the sums of a day
 * or a branch may have the calls without it.
 */

/** A record of what Claude Code has recorded for a session, as it is counted. */
export type SessionRecord = Pick<MergeableCall, 'output'> & Pick<Call, 'unfinished'>

/** The records of a session. */
export type RecordsOf = (session: string) => readonly SessionRecord[]

/** The sessions of a report of which one has to know the records. */
export function unfinishedSessions({ rows }: Pick<UsageReport, 'rows'>): string[] {
  return rows.flatMap(({ session, unfinished_calls }) => (session === undefined || unfinished_calls === 0 ? [] : [session]))
}

/**
 * Marks the sessions of a report whose sums are exact in spite of unfinished calls, and the totals where all of them are.
 * @param only the sessions that the report is about, where it is about a few
 */
export function markWholeSessions(report: UsageReport, recordsOf: RecordsOf, only?: readonly string[]): UsageReport {
  const { rows, totals, group, left_out } = report
  const marked =
    group === 'session'
      ? rows.map((row) => (row.unfinished_calls > 0 && isWhole(row, [row.session ?? ''], recordsOf) ? mark(row) : row))
      : rows
  const allOfThem = group === 'session' && left_out === undefined && marked.every((row) => row.unfinished_calls === 0 || row.is_whole)
  const areWhole = totals.unfinished_calls > 0 && (allOfThem || (only !== undefined && isWhole(totals, only, recordsOf)))
  return { ...report, rows: marked, totals: areWhole ? mark(totals) : totals }
}

function mark<R extends UsageRow | UsageTotals>(row: R): R {
  return { ...row, is_whole: true }
}

/** Whether all records of these sessions are in the sums, and have all that calls of the sessions lack. */
function isWhole({ models }: Pick<UsageTotals, 'models'>, sessions: readonly string[], recordsOf: RecordsOf): boolean {
  const records = sessions.map(recordsOf)
  if (!records.every((its) => its.length > 0 && its.every(({ unfinished }) => unfinished === false))) return false
  const counted = models.reduce((sum, model) => sum + (model.not_itemised ? model.output : 0), 0)
  return counted === records.flat().reduce((sum, { output }) => sum + output, 0)
}
