import { isBanded, type PriceCuts } from '../../usage/price-cuts.ts'
import type { Connection } from '../connection.ts'
import type { Names } from '../name.ts'
import { addDelta, addOnConflict, type Delta, emptyDelta, type SliceDelta, sumList, valuesOf } from './sums.ts'

/** Quarter hours in a day of an offset; days of a clock change are not read from here. */
export const DAY_QUARTERS = 96
/** More offsets than people look from at once: each costs a few rows with every batch of calls. */
const MAX_OFFSETS = 16
/** Days added up in one commit, when an offset is asked for that is not kept yet: nobody else should wait for long. */
const DAYS_AT_ONCE = 7

/**
 * Over what a row of days is added up: everything, one machine, one project, or one branch (its `name` says which).
 * Two of them at once are asked of the slices: there would be half as many rows of days as there are slices.
 */
export const scopes = { all: 0, machine: 1, project: 2, branch: 3 } as const
type Scope = (typeof scopes)[keyof typeof scopes]

const key = 'quarters = ? AND scope = ? AND name = ? AND day = ? AND part = ? AND kind = ? AND band = ?'

/** The day, counted from 1970, that a quarter lies in for clocks that are `offset` quarters ahead of UTC. */
export function dayOf(quarter: number, offset: number): number {
  return Math.floor((quarter + offset) / DAY_QUARTERS)
}

export function startOf(day: number, offset: number): number {
  return day * DAY_QUARTERS - offset
}

/** How many changes of prices the quarter is after, within its day. */
function partOf(quarter: number, start: number, changes: readonly number[]): number {
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

interface Offset {
  readonly offset: number
  /** All days from this one on are kept; older ones are not there. */
  readonly from: number
}

function offsetsOf(connection: Connection): Offset[] {
  const rows = connection.rows('SELECT quarters, from_day FROM day_offset').all() as [number, number][]
  return rows.map(([offset, from]) => ({ offset, from }))
}

export interface KeptOffset {
  /** All days from this one on are there. */
  readonly from: number
  /** When it was last asked for, in milliseconds. */
  readonly usedAt: number
}

/** @returns undefined when the offset is not kept */
export function keptOffset(connection: Connection, offset: number): KeptOffset | undefined {
  const row = connection.rows('SELECT from_day, used_at FROM day_offset WHERE quarters = ?').get(offset) as [number, number] | undefined
  return row && { from: row[0], usedAt: row[1] }
}

/**
 * Inside a transaction: one step back in time towards `from`. From then on every batch keeps these days in step.
 * @param end the quarter after the last call
 */
export function keepMoreDays(
  connection: Connection,
  names: Names,
  cuts: PriceCuts,
  offset: number,
  from: number,
  end: number,
  now: number,
): void {
  const known = keptOffset(connection, offset)
  const to = known?.from ?? dayOf(end, offset) + 1
  const next = Math.min(to, Math.max(from, to - DAYS_AT_ONCE))
  connection
    .prepare(
      'INSERT INTO day_offset (quarters, from_day, used_at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET from_day = excluded.from_day, used_at = max(used_at, excluded.used_at)',
    )
    .run(offset, next, now)
  if (known === undefined) forgetOffsets(connection, offset)
  addUp(connection, names, cuts, offset, next, to)
}

/** Drops the offsets that were not asked for the longest, but never the one that is being asked for: clocks go back. */
function forgetOffsets(connection: Connection, asked: number): void {
  const old = connection
    .prepare('SELECT quarters FROM day_offset ORDER BY quarters = ? DESC, used_at DESC, quarters LIMIT -1 OFFSET ?')
    .pluck()
    .all(asked, MAX_OFFSETS) as number[]
  for (const offset of old) {
    connection.prepare('DELETE FROM day_offset WHERE quarters = ?').run(offset)
    connection.prepare('DELETE FROM day WHERE quarters = ?').run(offset)
  }
}

function addUp(connection: Connection, names: Names, cuts: PriceCuts, offset: number, from: number, to: number): void {
  const rows = connection
    .prepare(`SELECT quarter, session, place, kind, band, ${sumList}, first_at, last_at FROM slice WHERE quarter >= ? AND quarter < ?`)
    .all(startOf(from, offset), startOf(to, offset)) as Omit<SliceDelta, 'ends'>[]
  write(connection, daysOf(names, cuts, [{ offset, from }], rows as SliceDelta[]))
}

/** Days are made again when they are next asked for. */
export function dropDays(connection: Connection): void {
  connection.db.exec('DELETE FROM day; DELETE FROM day_offset')
}

/** Adds up again only the days in which one of these moments lies. */
export function recutDays(connection: Connection, names: Names, cuts: PriceCuts, moments: readonly number[]): void {
  for (const { offset, from } of offsetsOf(connection)) {
    for (const day of new Set(moments.map((moment) => dayOf(moment, offset)))) {
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
  // By place first: what is wanted is then made of far fewer rows.
  const places = new Map<string, DayDelta>()
  const days = new Map<string, DayDelta>()
  const bandMatters = bandsOf(names, cuts)
  for (const { offset, from } of offsets) {
    for (const slice of slices) {
      const { quarter, place, kind } = slice
      // Where the length of the prompt changes no price, it need not be kept apart.
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

/** Whether the bands of a kind are kept apart, remembered for one batch. */
function bandsOf(names: Names, cuts: PriceCuts): (kind: number) => boolean {
  const known = new Map<number, boolean>()
  return (kind) => {
    let matters = known.get(kind)
    if (matters === undefined) {
      matters = isBanded(cuts, names.textOf(names.kind(kind)[0]) ?? '')
      known.set(kind, matters)
    }
    return matters
  }
}

function write(connection: Connection, days: readonly DayDelta[]): void {
  const upsert = connection.prepare(
    `INSERT INTO day (quarters, scope, name, day, part, kind, band, ${sumList}, first_at, last_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET ${addOnConflict}`,
  )
  for (const { offset, scope, name, day, part, kind, band, delta } of days) {
    upsert.run(offset, scope, name, day, part, kind, band, ...valuesOf(delta))
  }
}

/** Keeps the days in step with a batch. */
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

/** Looks the ends of a day up again from its slices, because a call has left one; a day without calls goes. */
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
