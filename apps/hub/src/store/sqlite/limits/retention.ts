import { DAY_MS } from '../../../limits/day-hours.ts'
import { THINNED_SERIES_RETENTION_DAYS } from '../../limit-day.ts'
import type { LimitStore } from '../../limits.ts'
import type { Connection } from '../connection.ts'
import type { Writer } from '../writer.ts'

const MAX_REMOVED_VERSIONS = 1000

export function retainVersions(connection: Connection, writer: Writer): LimitStore['retain'] {
  return async (account, keep, now) => {
    const [newest, versions, oldest] = connection.read(() =>
      connection
        .rows(
          `SELECT (SELECT max(at) FROM reading WHERE account = ?), (SELECT versions FROM limit_account WHERE account = ?),
              (SELECT min(at) FROM reading WHERE account = ?)`,
        )
        .get(account, account, account),
    ) as (number | null)[]
    if (newest == null || versions == null) return []
    const base = Math.min(now, newest)
    const cutoff = base - keep.days * DAY_MS
    const lastDay = Math.floor(base / DAY_MS) - THINNED_SERIES_RETENTION_DAYS
    const [firstDay] = connection.read(() => connection.rows('SELECT min(day) FROM limit_day WHERE account = ?').get(account)) as [
      number | null,
    ]
    const excess = versions - keep.versions
    const hasOldDays = firstDay !== null && firstDay < lastDay
    if ((excess <= 0 || oldest! >= cutoff) && !hasOldDays) return []
    return writer.write({ now }, () => {
      if (hasOldDays) connection.prepare('DELETE FROM limit_day WHERE account = ? AND day < ?').run(account, lastDay)
      if (excess <= 0) return []
      return removeVersions(connection, account, cutoff, keep.versions, now)
    })
  }
}

function removeVersions(connection: Connection, account: string, cutoff: number, keep: number, now: number) {
  const rows = connection
    .rows(
      `DELETE FROM reading WHERE at < ? AND reading_id IN (
        SELECT reading_id FROM reading WHERE account = ? ORDER BY at, reading_id
        LIMIT min(${MAX_REMOVED_VERSIONS}, max(0, (SELECT versions FROM limit_account WHERE account = ?) - ?))
      ) RETURNING reading_id, at`,
    )
    .all(cutoff, account, account, keep) as [string, number][]
  if (rows.length === 0) return []
  connection.prepare('UPDATE limit_account SET versions = versions - ?, cleaned_at = ? WHERE account = ?').run(rows.length, now, account)
  connection
    .prepare(
      'DELETE FROM reading_head WHERE account = ? AND NOT EXISTS (SELECT 1 FROM reading r WHERE r.reading_id = reading_head.reading_id)',
    )
    .run(account)
  return rows.map(([id, at]) => ({ id, account, at }))
}
