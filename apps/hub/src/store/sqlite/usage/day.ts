import type { Connection } from '../connection.ts'
import type { PriceCuts } from './price-cuts.ts'
import type { SliceDelta } from './roll-up.ts'
import { addDelta, addedUp, addOnConflict, type Delta, emptyDelta, sumList, valuesOf } from './sums.ts'

/** Quarter hours in a day of an offset; days of a clock change are not read from here. */
export const DAY_QUARTERS = 96
/** More offsets than people look from at once: each costs a few rows with every batch of calls. */
const MAX_OFFSETS = 16
const DAY_MS = 86_400_000

/** The place under which a day is added up over all places. */
export const EVERYWHERE = 0

/** The day, counted from 1970, that a quarter lies in for clocks that are `offset` quarters ahead of UTC. */
export function dayOf(quarter: number, offset: number): number {
  return Math.floor((quarter + offset) / DAY_QUARTERS)
}

export function startOf(day: number, offset: number): number {
  return day * DAY_QUARTERS - offset
}

/** How many changes of prices the quarter is after, within its day. */
function partOf(quarter: number, offset: number, changes: readonly number[]): number {
  const start = startOf(dayOf(quarter, offset), offset)
  let part = 0
  for (const change of changes) if (change > start && change <= quarter) part++
  return part
}

/** The quarter at which a part of a day begins. */
export function partStart(day: number, part: number, offset: number, changes: readonly number[]): number {
  const start = startOf(day, offset)
  if (part === 0) return start
  return changes.filter((change) => change > start && change < start + DAY_QUARTERS)[part - 1]!
}

/** The same as `partOf` and `dayOf`, in SQL, of a column `quarter`. Quarters are never negative, and offsets are below a day. */
function dayColumns(offset: number, changes: readonly number[]): { day: string; part: string } {
  const day = `((quarter + ${offset + DAY_QUARTERS}) / ${DAY_QUARTERS} - 1)`
  const start = `(${day} * ${DAY_QUARTERS} - ${offset})`
  const parts = changes.map((change) => `(${change} > ${start} AND ${change} <= quarter)`)
  return { day, part: parts.length === 0 ? '0' : parts.join(' + ') }
}

export function offsetsOf(connection: Connection): number[] {
  return connection.prepare('SELECT quarters FROM day_offset').pluck().all() as number[]
}

/** Adds the days of an offset up for the first time; from then on every batch keeps them in step. */
export function buildDays(connection: Connection, cuts: PriceCuts, offset: number, now: number): void {
  const today = Math.floor(now / DAY_MS)
  const { changes } = connection
    .prepare('INSERT INTO day_offset (quarters, used_on) VALUES (?, ?) ON CONFLICT DO NOTHING')
    .run(offset, today)
  if (changes === 0) return
  forgetOffsets(connection)
  insertDays(connection, cuts, offset, '1', [])
}

/** Notes that an offset is still asked for. @returns false when it is not kept */
export function useOffset(connection: Connection, offset: number): { usedOn: number } | undefined {
  const usedOn = connection.prepare('SELECT used_on FROM day_offset WHERE quarters = ?').pluck().get(offset) as number | undefined
  return usedOn === undefined ? undefined : { usedOn }
}

export function noteUse(connection: Connection, offset: number, now: number): void {
  connection.prepare('UPDATE day_offset SET used_on = ? WHERE quarters = ?').run(Math.floor(now / DAY_MS), offset)
}

/** Drops the offsets that were not asked for the longest. */
function forgetOffsets(connection: Connection): void {
  const old = connection
    .prepare('SELECT quarters FROM day_offset ORDER BY used_on DESC, quarters LIMIT -1 OFFSET ?')
    .pluck()
    .all(MAX_OFFSETS) as number[]
  for (const offset of old) {
    connection.prepare('DELETE FROM day_offset WHERE quarters = ?').run(offset)
    connection.prepare('DELETE FROM day WHERE quarters = ?').run(offset)
  }
}

function insertDays(connection: Connection, cuts: PriceCuts, offset: number, where: string, values: readonly unknown[]): void {
  const { day, part } = dayColumns(offset, cuts.changes)
  for (const place of ['place', String(EVERYWHERE)]) {
    // Prepared for once only: the text holds the offset and the changes.
    connection.db
      .prepare(
        `INSERT INTO day (quarters, place, day, part, kind, band, ${sumList}, first_at, last_at)
         SELECT ${offset}, ${place} AS at_place, ${day} AS of_day, ${part} AS of_part, kind, band, ${addedUp}
         FROM slice WHERE ${where} GROUP BY at_place, of_day, of_part, kind, band`,
      )
      .run(...values)
  }
}

/** Adds everything up again: the slices were cut anew. */
export function rebuildDays(connection: Connection, cuts: PriceCuts): void {
  connection.db.exec('DELETE FROM day')
  for (const offset of offsetsOf(connection)) insertDays(connection, cuts, offset, '1', [])
}

/** Adds up again only the days in which one of these moments lies. */
export function recutDays(connection: Connection, cuts: PriceCuts, moments: readonly number[]): void {
  for (const offset of offsetsOf(connection)) {
    for (const day of new Set(moments.map((moment) => dayOf(moment, offset)))) {
      const start = startOf(day, offset)
      connection.prepare('DELETE FROM day WHERE quarters = ? AND day = ?').run(offset, day)
      insertDays(connection, cuts, offset, 'quarter >= ? AND quarter < ?', [start, start + DAY_QUARTERS])
    }
  }
}

interface DayDelta {
  readonly offset: number
  readonly place: number
  readonly day: number
  readonly part: number
  readonly kind: number
  readonly band: number
  readonly delta: Delta
}

function daysOf(connection: Connection, cuts: PriceCuts, slices: readonly SliceDelta[]): DayDelta[] {
  const days = new Map<string, DayDelta>()
  for (const offset of offsetsOf(connection)) {
    for (const slice of slices) {
      const { quarter, kind, band } = slice
      const day = dayOf(quarter, offset)
      const part = partOf(quarter, offset, cuts.changes)
      for (const place of [slice.place, EVERYWHERE]) {
        const key = `${offset},${place},${day},${part},${kind},${band}`
        let found = days.get(key)
        if (found === undefined) {
          found = { offset, place, day, part, kind, band, delta: emptyDelta() }
          days.set(key, found)
        }
        addDelta(found.delta, slice)
      }
    }
  }
  return [...days.values()]
}

/** Keeps the days in step with a batch. */
export function addDays(connection: Connection, cuts: PriceCuts, slices: readonly SliceDelta[]): void {
  const upsert = connection.prepare(
    `INSERT INTO day (quarters, place, day, part, kind, band, ${sumList}, first_at, last_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET ${addOnConflict}`,
  )
  for (const { offset, place, day, part, kind, band, delta } of daysOf(connection, cuts, slices)) {
    upsert.run(offset, place, day, part, kind, band, ...valuesOf(delta))
  }
}

/** Looks the ends of days up again from the slices that a call has left; a day without calls goes. */
export function refreshDayEnds(connection: Connection, cuts: PriceCuts, moved: readonly SliceDelta[]): void {
  for (const { offset, place, day, part, kind, band } of daysOf(connection, cuts, moved)) {
    const key = [offset, place, day, part, kind, band]
    const where = 'quarters = ? AND place = ? AND day = ? AND part = ? AND kind = ? AND band = ?'
    if (connection.prepare(`DELETE FROM day WHERE ${where} AND calls = 0`).run(...key).changes > 0) continue
    const from = partStart(day, part, offset, cuts.changes)
    const next = cuts.changes.find((change) => change > from)
    const to = Math.min(next ?? Number.MAX_SAFE_INTEGER, startOf(day + 1, offset))
    const [first, last] = connection
      .rows(
        `SELECT min(first_at), max(last_at) FROM slice
         WHERE quarter >= ? AND quarter < ? AND (? = ${EVERYWHERE} OR place = ?) AND kind = ? AND band = ?`,
      )
      .get(from, to, place, place, kind, band) as [number, number]
    connection.prepare(`UPDATE day SET first_at = ?, last_at = ? WHERE ${where}`).run(first, last, ...key)
  }
}
