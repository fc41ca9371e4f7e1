import { isBanded, type PriceCuts } from '../../usage/price-cuts.ts'
import type { Connection } from '../connection.ts'
import type { Names } from '../name.ts'
import { placeInKind } from './kind.ts'
import { addDelta, addOnConflict, type Delta, emptyDelta, marks, rollUpColumns, type SliceDelta, sumColumns, valuesOf } from './sums.ts'

/** The quarter hours in a day of a fixed offset; days of a clock change are read otherwise. */
export const DAY_QUARTERS = 96
/** More offsets than are in use at once; each adds a few rows to every batch of calls. */
const MAX_OFFSETS = 16
/** The days rolled up in one commit for a new offset; other requests wait for it. */
const DAYS_PER_COMMIT = 7

/**
 * The scope of a row of days: everything, or the machine, project or branch in its `name`. Queries by two of these read the
 * slices: days by two names would be half as many rows as there are slices.
 */
export const scopes = { all: 0, machine: 1, project: 2, branch: 3 } as const
type Scope = (typeof scopes)[keyof typeof scopes]

const MODEL = placeInKind('model')
const key = 'quarters = ? AND scope = ? AND name = ? AND day = ? AND part = ? AND kind = ? AND band = ?'

/** The day of a quarter, counted from 1970, for clocks that are `offset` quarters ahead of UTC. */
export function dayOf(quarter: number, offset: number): number {
  return Math.floor((quarter + offset) / DAY_QUARTERS)
}

export function startOf(day: number, offset: number): number {
  return day * DAY_QUARTERS - offset
}

/** The number of price changes in its day up to a quarter. */
function partOf(quarter: number, start: number, changes: readonly number[]): number {
  let part = 0
  for (const change of changes) if (change > start && change <= quarter) part++
  return part
}

/** The first quarter of a part of a day. */
export function partStart(day: number, part: number, offset: number, changes: readonly number[]): number {
  const start = startOf(day, offset)
  if (part === 0) return start
  return changes.filter((change) => change > start && change < start + DAY_QUARTERS)[part - 1]!
}

interface Offset {
  readonly offset: number
  /** The first day that is rolled up. */
  readonly from: number
}

function offsetsOf(connection: Connection): Offset[] {
  const rows = connection.rows('SELECT quarters, from_day FROM day_offset').all() as [number, number][]
  return rows.map(([offset, from]) => ({ offset, from }))
}

export interface StoredOffset {
  /** The first day that is rolled up. */
  readonly from: number
  /** The last time it was read, in milliseconds. */
  readonly usedAt: number
}

/** @returns undefined when the offset is not rolled up */
export function storedOffset(connection: Connection, offset: number): StoredOffset | undefined {
  const row = connection.rows('SELECT from_day, used_at FROM day_offset WHERE quarters = ?').get(offset) as [number, number] | undefined
  return row && { from: row[0], usedAt: row[1] }
}

/**
 * Inside a transaction: rolls up more days, towards `from`. From then on each batch of calls updates them.
 * @param end the quarter after the last call
 */
export function rollUpMoreDays(
  connection: Connection,
  names: Names,
  cuts: PriceCuts,
  offset: number,
  from: number,
  end: number,
  now: number,
): void {
  const known = storedOffset(connection, offset)
  const to = known?.from ?? dayOf(end, offset) + 1
  const next = Math.min(to, Math.max(from, to - DAYS_PER_COMMIT))
  connection
    .prepare(
      'INSERT INTO day_offset (quarters, from_day, used_at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET from_day = excluded.from_day, used_at = max(used_at, excluded.used_at)',
    )
    .run(offset, next, now)
  if (known === undefined) dropOffsets(connection, offset)
  addUp(connection, names, cuts, offset, next, to)
}

/** Drops the least recently used offsets, but never the requested one: a clock that was set back may make it look old. */
function dropOffsets(connection: Connection, requested: number): void {
  const old = connection
    .prepare('SELECT quarters FROM day_offset ORDER BY quarters = ? DESC, used_at DESC, quarters LIMIT -1 OFFSET ?')
    .pluck()
    .all(requested, MAX_OFFSETS) as number[]
  for (const offset of old) {
    connection.prepare('DELETE FROM day_offset WHERE quarters = ?').run(offset)
    connection.prepare('DELETE FROM day WHERE quarters = ?').run(offset)
  }
}

function addUp(connection: Connection, names: Names, cuts: PriceCuts, offset: number, from: number, to: number): void {
  const rows = connection
    .rows(
      `SELECT quarter, session, place, kind, band, first_at, last_at, ${sumColumns.join(', ')} FROM slice WHERE quarter >= ? AND quarter < ?`,
    )
    .all(startOf(from, offset), startOf(to, offset)) as StoredSlice[]
  write(connection, daysOf(names, cuts, [{ offset, from }], rows.map(storedDelta)))
}

type StoredSlice = [
  quarter: number,
  session: number,
  place: number,
  kind: number,
  band: number,
  first_at: number,
  last_at: number,
  ...sums: number[],
]

function storedDelta([quarter, session, place, kind, band, first_at, last_at, ...sums]: StoredSlice): SliceDelta {
  return { quarter, session, place, kind, band, sums, first_at, last_at, ends: false }
}

/** Drops all days; each offset is rolled up again when it is next read. */
export function dropDays(connection: Connection): void {
  connection.db.exec('DELETE FROM day; DELETE FROM day_offset')
}

/** Rolls up again only the days in which a price change was added or removed. */
export function recutDays(connection: Connection, names: Names, cuts: PriceCuts, priceChanges: readonly number[]): void {
  for (const { offset, from } of offsetsOf(connection)) {
    for (const day of new Set(priceChanges.map((quarter) => dayOf(quarter, offset)))) {
      if (day < from) continue
      connection.prepare('DELETE FROM day WHERE quarters = ? AND day = ?').run(offset, day)
      addUp(connection, names, cuts, offset, day, day + 1)
    }
  }
}

interface DayDelta {
  readonly offset: number
  readonly scope: Scope
  readonly name: number
  readonly day: number
  readonly part: number
  readonly kind: number
  readonly band: number
  readonly delta: Delta
}

function daysOf(names: Names, cuts: PriceCuts, offsets: readonly Offset[], slices: readonly SliceDelta[]): DayDelta[] {
  // Grouped by place first: the scopes are then summed over far fewer rows.
  const places = new Map<string, DayDelta>()
  const days = new Map<string, DayDelta>()
  const bandMatters = bandsOf(names, cuts)
  for (const { offset, from } of offsets) {
    for (const slice of slices) {
      const { quarter, place, kind } = slice
      // Bands are kept apart only where the prompt length changes the price.
      const band = bandMatters(kind) ? slice.band : 0
      const day = dayOf(quarter, offset)
      if (day < from) continue
      const part = partOf(quarter, startOf(day, offset), cuts.changes)
      const key = `${place},${kind},${band},${day},${part},${offset}`
      const found = places.get(key)
      if (found !== undefined) addDelta(found.delta, slice)
      else places.set(key, { offset, scope: scopes.all, name: place, day, part, kind, band, delta: addDelta(emptyDelta(), slice) })
    }
  }
  for (const ofPlace of places.values()) {
    const { offset, day, part, kind, band, delta } = ofPlace
    const [machine, project, branch] = names.place(ofPlace.name)
    const add = (scope: Scope, name: number) => {
      const key = `${scope},${name},${kind},${band},${day},${part},${offset}`
      const found = days.get(key)
      if (found !== undefined) addDelta(found.delta, delta)
      else days.set(key, { offset, scope, name, day, part, kind, band, delta: addDelta(emptyDelta(), delta) })
    }
    add(scopes.all, 0)
    add(scopes.machine, machine)
    add(scopes.project, project)
    add(scopes.branch, branch)
  }
  return [...days.values()]
}

/** Whether the bands of a kind are kept apart, cached for one batch. */
function bandsOf(names: Names, cuts: PriceCuts): (kind: number) => boolean {
  const known = new Map<number, boolean>()
  return (kind) => {
    let matters = known.get(kind)
    if (matters === undefined) {
      matters = isBanded(cuts, names.textOf(names.kind(kind)[MODEL]!) ?? '')
      known.set(kind, matters)
    }
    return matters
  }
}

function write(connection: Connection, days: readonly DayDelta[]): void {
  const upsert = connection.prepare(
    `INSERT INTO day (quarters, scope, name, day, part, kind, band, ${rollUpColumns})
     VALUES (${marks(sumColumns.length + 9)}) ON CONFLICT DO UPDATE SET ${addOnConflict}`,
  )
  for (const { offset, scope, name, day, part, kind, band, delta } of days) {
    upsert.run(offset, scope, name, day, part, kind, band, ...valuesOf(delta))
  }
}

/** Adds a batch to the days. */
export function addDays(connection: Connection, names: Names, cuts: PriceCuts, slices: readonly SliceDelta[]): void {
  const days = daysOf(names, cuts, offsetsOf(connection), slices)
  const bandMatters = bandsOf(names, cuts)
  write(connection, days)
  for (const day of days) if (day.delta.ends) refreshEnds(connection, cuts, day, bandMatters(day.kind))
}

const inScope: Record<Scope, string> = {
  [scopes.all]: '? = 0',
  [scopes.machine]: 'place IN (SELECT place_id FROM place WHERE machine = ?)',
  [scopes.project]: 'place IN (SELECT place_id FROM place WHERE project = ?)',
  [scopes.branch]: 'place IN (SELECT place_id FROM place WHERE branch = ?)',
}

/** Recomputes the ends of a day from its slices after a call has left one; removes a day without calls. */
function refreshEnds(
  connection: Connection,
  cuts: PriceCuts,
  { offset, scope, name, day, part, kind, band }: DayDelta,
  bandMatters: boolean,
): void {
  const values = [offset, scope, name, day, part, kind, band]
  if (connection.prepare(`DELETE FROM day WHERE ${key} AND calls = 0`).run(...values).changes > 0) return
  const from = partStart(day, part, offset, cuts.changes)
  const next = cuts.changes.find((change) => change > from)
  const to = Math.min(next ?? Number.MAX_SAFE_INTEGER, startOf(day + 1, offset))
  const [first, last] = connection
    .rows(
      `SELECT min(first_at), max(last_at) FROM slice
       WHERE quarter >= ? AND quarter < ? AND ${inScope[scope]} AND kind = ?${bandMatters ? ' AND band = ?' : ''}`,
    )
    .get(from, to, name, kind, ...(bandMatters ? [band] : [])) as [number, number]
  connection.prepare(`UPDATE day SET first_at = ?, last_at = ? WHERE ${key}`).run(first, last, ...values)
}
