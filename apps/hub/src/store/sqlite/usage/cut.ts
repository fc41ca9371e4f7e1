import { MODEL_NAME_RULES } from '@signalbox/usage/model-name'
import type { PriceCuts } from '../../usage/price-cuts.ts'
import type { Connection } from '../connection.ts'
import type { Names } from '../name.ts'
import { promptSql } from './call-row.ts'
import { dropDays, recutDays } from './day.ts'
import { callsAddedUp, rollUpColumns } from './sums.ts'

/**
 * Cuts the roll-ups as the price table in use demands. New price changes touch only the days they lie in; new prompt lengths
 * rebuild all slices from the calls, and the days are rebuilt when they are next read.
 */
export function applyCuts(connection: Connection, names: Names, cuts: PriceCuts): void {
  const { db } = connection
  db.transaction(() => {
    const priceChanges = replacePriceChanges(connection, cuts)
    const otherLengths = replace(connection, 'thresholds', cuts.thresholds)
    const otherModels = replace(connection, 'banded_models', cuts.banded)
    const otherNames = replaceNameRules(connection)
    if (otherLengths) rebuildSlices(connection, cuts)
    if (otherLengths || otherModels || otherNames) dropDays(connection)
    else recutDays(connection, names, cuts, priceChanges)
  }).immediate()
}

/** The cuts of the stored roll-ups; undefined in a new store. */
export function storedCuts(connection: Connection): PriceCuts | undefined {
  const read = (name: string) => connection.prepare('SELECT value FROM meta WHERE name = ?').pluck().get(name) as string | undefined
  const [thresholds, banded] = [read('thresholds'), read('banded_models')]
  if (thresholds === undefined || banded === undefined) return undefined
  const changes = connection.prepare('SELECT quarter FROM price_change ORDER BY quarter').pluck().all() as number[]
  return { thresholds: JSON.parse(thresholds) as number[], changes, banded: JSON.parse(banded) as string[] }
}

/** @returns the price changes that were added or removed */
function replacePriceChanges(connection: Connection, { changes }: PriceCuts): number[] {
  const old = connection.prepare('SELECT quarter FROM price_change').pluck().all() as number[]
  connection.db.exec('DELETE FROM price_change')
  for (const change of changes) connection.prepare('INSERT INTO price_change (quarter) VALUES (?)').run(change)
  return [...changes.filter((change) => !old.includes(change)), ...old.filter((change) => !changes.includes(change))]
}

/** @returns whether there was another value; false in a new store, which has none */
function replace(connection: Connection, name: string, value: unknown): boolean {
  const text = JSON.stringify(value)
  const old = connection.prepare('SELECT value FROM meta WHERE name = ?').pluck().get(name) as string | undefined
  if (old === text) return false
  connection.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)').run(name, text)
  return old !== undefined
}

/** @returns whether the store was written by other rules; those of before there was a number have none */
function replaceNameRules(connection: Connection): boolean {
  const old = connection.prepare("SELECT value FROM meta WHERE name = 'model_name_rules'").pluck().get() as string | undefined
  replace(connection, 'model_name_rules', MODEL_NAME_RULES)
  return old !== String(MODEL_NAME_RULES)
}

function rebuildSlices({ db }: Connection, { thresholds }: PriceCuts): void {
  const band = thresholds.map((above) => `(${promptSql} > ${above})`).join(' + ') || '0'
  db.exec(`
    DELETE FROM slice;
    INSERT INTO slice (quarter, session, place, kind, band, ${rollUpColumns})
    SELECT at / 900000, session, place, kind, ${band} AS of_band, ${callsAddedUp}
    FROM call GROUP BY 1, session, place, kind, of_band`)
}
