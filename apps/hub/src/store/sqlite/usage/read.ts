import { countOf, QUARTER_HOUR_MS, type Slice } from '@signalbox/usage/slice'
import type { PriceCuts } from '../../usage/price-cuts.ts'
import type { SliceName, SliceQuery } from '../../usage.ts'
import type { Names } from '../name.ts'
import { promptSql } from './call-row.ts'
import { partStart, scopes } from './day.ts'
import { type Filter, filterOf, ofSlices, oneOf } from './filter.ts'
import type { Part, Statements } from './in-turns.ts'
import { type KindField, kindFields } from './kind.ts'
import type { Span } from './span.ts'
import { addedUp, callsAddedUp, rollUpColumns, sumColumns } from './sums.ts'

/** The columns that slices and days share, `kind, band` and those of `rollUpColumns`; those before them differ. */
type QuarterRow = readonly [quarter: number, session: number, place: number, kind: number, band: number, ...sums: number[]]
type DayRow = readonly [day: number, part: number, name: number, kind: number, band: number, ...sums: number[]]

interface PlaceNames {
  readonly machine: string
  readonly project: string
  readonly branch: string
}
/** The names of a kind, and how many calls each of its records counts as. */
type KindNames = Pick<Slice, KindField> & { readonly count: 0 | 1 }

const columns = `kind, band, ${rollUpColumns}`
const FIRST_SUM = 5
const sumAt = (name: string) => FIRST_SUM + sumColumns.indexOf(name)
const [CALLS, INPUT, OUTPUT, WRITE_5M, WRITE_1H, READ] = ['calls', 'input', 'output', 'write_5m', 'write_1h', 'read'].map(sumAt) as Six
const [WEB_SEARCHES, UNFINISHED, ODD] = ['web_searches', 'unfinished', 'odd'].map(sumAt) as Six
const FIRST_AT = FIRST_SUM + sumColumns.length
const LAST_AT = FIRST_AT + 1
type Six = [number, number, number, number, number, number]
const noPlace: PlaceNames = { machine: '', project: '', branch: '' }

/** Reads the sums of one query, with names in the place of their numbers. */
export class SliceReader {
  readonly #names: Names
  readonly #cuts: PriceCuts
  readonly #keep: ReadonlySet<SliceName>
  readonly #filter: Filter | undefined
  readonly #placeCacheByName = new Map<number, PlaceNames>()
  readonly #placeCache = new Map<number, PlaceNames>()
  readonly #kindCache = new Map<number, KindNames>()

  constructor(names: Names, cuts: PriceCuts, { filter, keep }: Pick<SliceQuery, 'filter' | 'keep'>) {
    this.#names = names
    this.#cuts = cuts
    this.#keep = new Set(keep)
    this.#filter = filterOf(names, filter)
  }

  /** Whether days can answer the query: they are summed over sessions, and over all but one of machine, project and branch. */
  get canUseDays(): boolean {
    return !this.#uses('session') && this.#placeNames.length <= 1
  }

  /** @param span whole quarters */
  span(span: Span): Part<Slice> {
    const filter = this.#filter
    if (filter === undefined) return () => []
    if (span.by === 'day') return (statements) => this.#days(statements, span, filter)
    if (span.by === 'piece') return (statements) => this.#piece(statements, span.from, span.to, filter)
    return (statements) => this.#quarters(statements, span.from, span.to, filter)
  }

  /** The slices of the calls in [from, to) of one quarter; in milliseconds. */
  edge(quarter: number, from: number, to: number): Part<Slice> {
    const filter = this.#filter
    return filter === undefined ? () => [] : (statements) => this.#edge(statements, quarter, from, to, filter)
  }

  #edge(statements: Statements, quarter: number, from: number, to: number, filter: Filter): Slice[] {
    const { sql, values } = ofSlices(filter)
    const rows = statements
      .rows(`SELECT quarter, session, place, ${columns} FROM slice WHERE quarter = ? AND last_at >= ? AND first_at < ?${sql}`)
      .all(quarter, from, to, ...values) as QuarterRow[]
    return rows.flatMap((row) => {
      const [, session, place, kind, band] = row
      if (row[FIRST_AT]! >= from && row[LAST_AT]! < to) return [this.#ofQuarter(row)]
      const { thresholds } = this.#cuts
      const above = band === 0 ? -1 : thresholds[band - 1]!
      const upTo = thresholds[band] ?? Number.MAX_SAFE_INTEGER
      const sums = statements
        .rows(
          `SELECT ${callsAddedUp} FROM call WHERE session = ? AND at >= ? AND at < ? AND place = ? AND kind = ?
           AND ${promptSql} > ? AND ${promptSql} <= ?`,
        )
        .get(
          session,
          Math.max(from, quarter * QUARTER_HOUR_MS),
          Math.min(to, (quarter + 1) * QUARTER_HOUR_MS),
          place,
          kind,
          above,
          upTo,
        ) as number[]
      return sums[0] === 0 ? [] : [this.#ofQuarter([quarter, session, place, kind, band, ...sums])]
    })
  }

  #uses(name: SliceName): boolean {
    return this.#keep.has(name) || this.#filter?.[name] !== undefined
  }

  get #placeNames(): ('machine' | 'project' | 'branch')[] {
    return (['machine', 'project', 'branch'] as const).filter((name) => this.#uses(name))
  }

  get #keepsPlace(): boolean {
    return this.#keep.has('machine') || this.#keep.has('project') || this.#keep.has('branch')
  }

  #quarters(statements: Statements, from: number, to: number, filter: Filter): Slice[] {
    const { sql, values } = ofSlices(filter)
    const place = this.#keepsPlace ? 'place' : '0'
    const rows = statements
      .rows(
        this.#keep.has('session')
          ? `SELECT quarter, session, place, ${columns} FROM slice WHERE quarter >= ? AND quarter < ?${sql} ORDER BY quarter`
          : `SELECT quarter, 0, ${place} AS at_place, kind, band, ${addedUp} FROM slice WHERE quarter >= ? AND quarter < ?${sql}
             GROUP BY quarter, at_place, kind, band`,
      )
      .all(from, to, ...values) as QuarterRow[]
    return rows.map((row) => this.#ofQuarter(row))
  }

  #piece(statements: Statements, from: number, to: number, filter: Filter): Slice[] {
    const { sql, values } = ofSlices(filter)
    const rows = statements
      .rows(
        `SELECT ?, ${this.#keep.has('session') ? 'session' : '0'} AS of_session, ${this.#keepsPlace ? 'place' : '0'} AS at_place, kind, band, ${addedUp}
         FROM slice WHERE quarter >= ? AND quarter < ?${sql} GROUP BY of_session, at_place, kind, band`,
      )
      .all(from, from, to, ...values) as QuarterRow[]
    return rows.map((row) => this.#ofQuarter(row))
  }

  #days(statements: Statements, { offset, fromDay, toDay }: Span & { by: 'day' }, filter: Filter): Slice[] {
    const [by] = this.#placeNames
    const scope = by === undefined ? scopes.all : scopes[by]
    const named = by === undefined ? undefined : filter[by]
    const oneName = oneOf('name', named)
    const where = `quarters = ? AND scope = ${scope}${oneName.sql} AND day >= ? AND day < ?${filter.kinds.sql}`
    const rows = statements
      .rows(`SELECT day, part, name, ${columns} FROM day WHERE ${where}`)
      .all(offset, ...oneName.values, fromDay, toDay, ...filter.kinds.values) as DayRow[]
    const slices = rows.map((row) => {
      const [day, part, name] = row
      const at = partStart(day, part, offset, this.#cuts.changes)
      return this.#toSlice(at, 0, by !== undefined && this.#keep.has(by) ? this.#named(by, name) : noPlace, row)
    })
    return scope === scopes.all ? slices : slices.sort((a, b) => a.quarter - b.quarter)
  }

  #ofQuarter(row: QuarterRow): Slice {
    const [quarter, session, place] = row
    return this.#toSlice(quarter, session, place === 0 ? noPlace : this.#place(place), row)
  }

  #toSlice(quarter: number, session: number, { machine, project, branch }: PlaceNames, row: QuarterRow | DayRow): Slice {
    const kind = this.#kindNames(row[3])
    // Written out because it runs for each of thousands of slices.
    return {
      quarter,
      session: session === 0 ? '' : (this.#names.textOf(session) ?? ''),
      project,
      branch,
      machine,
      model: kind.model,
      speed: kind.speed,
      service_tier: kind.service_tier,
      inference_geo: kind.inference_geo,
      agent: kind.agent,
      outcome: kind.outcome,
      source: kind.source,
      band: row[4],
      calls: row[CALLS]! * kind.count,
      input: row[INPUT]!,
      output: row[OUTPUT]!,
      write_5m: row[WRITE_5M]!,
      write_1h: row[WRITE_1H]!,
      read: row[READ]!,
      web_searches: row[WEB_SEARCHES]!,
      unfinished: row[UNFINISHED]!,
      odd: row[ODD]!,
      first_at: row[FIRST_AT]!,
      last_at: row[LAST_AT]!,
    }
  }

  #named(by: keyof PlaceNames, name: number): PlaceNames {
    let names = this.#placeCacheByName.get(name)
    if (names === undefined) {
      names = { ...noPlace, [by]: this.#names.textOf(name) ?? '' }
      this.#placeCacheByName.set(name, names)
    }
    return names
  }

  #place(id: number): PlaceNames {
    let names = this.#placeCache.get(id)
    if (names === undefined) {
      const text = (kept: SliceName, name: number) => (this.#keep.has(kept) ? (this.#names.textOf(name) ?? '') : '')
      const [machine, project, branch] = this.#names.place(id)
      names = { machine: text('machine', machine), project: text('project', project), branch: text('branch', branch) }
      this.#placeCache.set(id, names)
    }
    return names
  }

  #kindNames(kind: number): KindNames {
    let names = this.#kindCache.get(kind)
    if (names === undefined) {
      const texts = this.#names.kind(kind).map((number) => this.#names.textOf(number) ?? '')
      const named = Object.fromEntries(kindFields.map((field, n) => [field, texts[n]])) as Pick<Slice, KindField>
      names = { ...named, count: countOf(named) }
      this.#kindCache.set(kind, names)
    }
    return names
  }
}
