import type { Connection } from '../connection.ts'
import type { Names } from '../name.ts'
import { dropDays, recutDays } from './day.ts'
import type { PriceCuts } from './price-cuts.ts'
import { sumList } from './sums.ts'

/**
 * Brings the roll-ups to the cuts of the price table in use. Other moments touch only the days they lie in; other
 * prompt lengths need everything added up again from the calls.
 */
export function applyCuts(connection: Connection, names: Names, cuts: PriceCuts): void {
  const { db } = connection
  db.transaction(() => {
    const old = new Set(connection.prepare('SELECT quarter FROM price_change').pluck().all() as number[])
    const moments = [...cuts.changes.filter((change) => !old.has(change)), ...[...old].filter((change) => !cuts.changes.includes(change))]
    db.exec('DELETE FROM price_change')
    for (const change of cuts.changes) connection.prepare('INSERT INTO price_change (quarter) VALUES (?)').run(change)

    const thresholds = JSON.stringify(cuts.thresholds)
    const known = connection.prepare("SELECT value FROM meta WHERE name = 'thresholds'").pluck().get() as string | undefined
    connection.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('thresholds', ?)").run(thresholds)
    if (known === thresholds || known === undefined) {
      recutDays(connection, names, cuts, moments)
    } else {
      rebuildSlices(connection, cuts)
      dropDays(connection)
    }
  }).immediate()
}

function rebuildSlices({ db }: Connection, { thresholds }: PriceCuts): void {
  const band = thresholds.map((above) => `(input + write_5m + write_1h + read > ${above})`).join(' + ') || '0'
  db.exec(`
    DELETE FROM slice;
    INSERT INTO slice (quarter, session, place, kind, band, ${sumList}, first_at, last_at)
    SELECT at / 900000, session, place, kind, ${band} AS of_band, count(*), sum(input), sum(output), sum(write_5m), sum(write_1h), sum(read),
      sum(coalesce(web_searches, 0)), min(at), max(at)
    FROM call GROUP BY 1, session, place, kind, of_band`)
}
