import { QUARTER_HOUR_MS, type Slice } from '@signalbox/usage/slice'
import type { PriceCuts } from '../../usage/price-cuts.ts'
import type { SliceName, SliceQuery, UsageFilter } from '../../usage.ts'
import type { Connection } from '../connection.ts'
import type { Names } from '../name.ts'
import { partStart, scopes } from './day.ts'
import type { Span } from './span.ts'
import { addedUp, sumList } from './sums.ts'

/** The columns that slices and days share; those before them differ. */
type SumsRow = readonly [
  kind: number,
  band: number,
  calls: number,
  input: number,
  output: number,
  write_5m: number,
  write_1h: number,
  read: number,
  web_searches: number,
  first_at: number,
  last_at: number,
]
type QuarterRow = readonly [quarter: number, session: number, place: number, ...SumsRow]
type DayRow = readonly [day: number, part: number, name: number, ...SumsRow]

interface PlaceNames {
  readonly machine: string
  readonly project: string
  readonly branch: string
}
interface KindNames {
  readonly model: string
  readonly speed: string
  readonly service_tier: string
  readonly inference_geo: string
}

const columns = `kind, band, ${sumList}, first_at, last_at`
const noPlace: PlaceNames = { machine: '', project: '', branch: '' }

/** Reads the sums of one query, with names in the place of their numbers. */
export class SliceReader {
  readonly #connection: Connection
  readonly #names: Names
  readonly #cuts: PriceCuts
  readonly #keep: ReadonlySet<SliceName>
  readonly #filter: Filter | undefined
  readonly #placeCacheByName = new Map<number, PlaceNames>()
  readonly #placeCache = new Map<number, PlaceNames>()
  readonly #kindCache = new Map<number, KindNames>()

  constructor(connection: Connection, names: Names, cuts: PriceCuts, { filter, keep }: Pick<SliceQuery, 'filter' | 'keep'>) {
    this.#connection = connection
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
  read(span: Span): Slice[] {
    if (this.#filter === undefined) return []
    if (span.by === 'day') return this.#days(span, this.#filter)
    return span.by === 'piece' ? this.#piece(span.from, span.to, this.#filter) : this.#quarters(span.from, span.to, this.#filter)
  }

  /** The slices of the calls in [from, to) of one quarter; in milliseconds. */
  readEdge(quarter: number, from: number, to: number): Slice[] {
    if (this.#filter === undefined) return []
    const { sql, values } = ofSlices(this.#filter)
    const rows = this.#connection
      .rows(`SELECT quarter, session, place, ${columns} FROM slice WHERE quarter = ? AND last_at >= ? AND first_at < ?${sql}`)
      .all(quarter, from, to, ...values) as QuarterRow[]
    return rows.flatMap((row) => {
      const [, session, place, kind, band, , , , , , , , first, last] = row
      if (first >= from && last < to) return [this.#ofQuarter(row)]
      const { thresholds } = this.#cuts
      const above = band === 0 ? -1 : thresholds[band - 1]!
      const upTo = thresholds[band] ?? Number.MAX_SAFE_INTEGER
      const sums = this.#connection
        .rows(
          `SELECT ?, ?, count(*), sum(input), sum(output), sum(write_5m), sum(write_1h), sum(read), sum(coalesce(web_searches, 0)), min(at), max(at)
           FROM call WHERE session = ? AND at >= ? AND at < ? AND place = ? AND kind = ?
           AND input + write_5m + write_1h + read > ? AND input + write_5m + write_1h + read <= ?`,
        )
        .get(
          kind,
          band,
          session,
          Math.max(from, quarter * QUARTER_HOUR_MS),
          Math.min(to, (quarter + 1) * QUARTER_HOUR_MS),
          place,
          kind,
          above,
          upTo,
        ) as SumsRow
      return sums[2] === 0 ? [] : [this.#ofQuarter([quarter, session, place, ...sums])]
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

  #quarters(from: number, to: number, filter: Filter): Slice[] {
    const { sql, values } = ofSlices(filter)
    const place = this.#keepsPlace ? 'place' : '0'
    const rows = this.#connection
      .rows(
        this.#keep.has('session')
          ? `SELECT quarter, session, place, ${columns} FROM slice WHERE quarter >= ? AND quarter < ?${sql} ORDER BY quarter`
          : `SELECT quarter, 0, ${place} AS at_place, kind, band, ${addedUp} FROM slice WHERE quarter >= ? AND quarter < ?${sql}
             GROUP BY quarter, at_place, kind, band`,
      )
      .all(from, to, ...values) as QuarterRow[]
    return rows.map((row) => this.#ofQuarter(row))
  }

  #piece(from: number, to: number, filter: Filter): Slice[] {
    const { sql, values } = ofSlices(filter)
    const rows = this.#connection
      .rows(
        `SELECT ?, ${this.#keep.has('session') ? 'session' : '0'} AS of_session, ${this.#keepsPlace ? 'place' : '0'} AS at_place, kind, band, ${addedUp}
         FROM slice WHERE quarter >= ? AND quarter < ?${sql} GROUP BY of_session, at_place, kind, band`,
      )
      .all(from, from, to, ...values) as QuarterRow[]
    return rows.map((row) => this.#ofQuarter(row))
  }

  #days({ offset, fromDay, toDay }: Span & { by: 'day' }, filter: Filter): Slice[] {
    const [by] = this.#placeNames
    const scope = by === undefined ? scopes.all : scopes[by]
    const named = by === undefined ? undefined : filter[by]
    const where = `quarters = ? AND scope = ${scope}${named === undefined ? '' : ` AND name IN (${marks(named)})`} AND day >= ? AND day < ?${filter.kinds.sql}`
    const rows = this.#connection
      .rows(`SELECT day, part, name, ${columns} FROM day WHERE ${where}`)
      .all(offset, ...(named ?? []), fromDay, toDay, ...filter.kinds.values) as DayRow[]
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
    const { model, speed, service_tier, inference_geo } = this.#kindNames(row[3])
    return {
      quarter,
      session: session === 0 ? '' : (this.#names.textOf(session) ?? ''),
      project,
      branch,
      machine,
      model,
      speed,
      service_tier,
      inference_geo,
      band: row[4],
      calls: row[5],
      input: row[6],
      output: row[7],
      write_5m: row[8],
      write_1h: row[9],
      read: row[10],
      web_searches: row[11],
      first_at: row[12],
      last_at: row[13],
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
      const [model, speed, tier, geo] = this.#names.kind(kind).map((number) => this.#names.textOf(number) ?? '')
      names = { model: model!, speed: speed!, service_tier: tier!, inference_geo: geo! }
      this.#kindCache.set(kind, names)
    }
    return names
  }
}

interface Sql {
  /** Empty, or begins with AND. */
  readonly sql: string
  readonly values: readonly number[]
}

/** The names of a filter as numbers; an empty name has two, because an absent text and an empty one differ. */
export interface Filter {
  readonly machine: readonly number[] | undefined
  readonly project: readonly number[] | undefined
  readonly branch: readonly number[] | undefined
  readonly session: readonly number[] | undefined
  /** A condition on the table `place`. */
  readonly places: Sql
  /** A condition on any roll-up. */
  readonly kinds: Sql
}

/** @returns undefined when no call can match, because a name is unknown */
export function filterOf(names: Names, filter: UsageFilter): Filter | undefined {
  const numbers = (text: string | undefined): readonly number[] | undefined => {
    if (text === undefined) return undefined
    const found = names.find(text)
    return [...(text === '' ? [0] : []), ...(found === undefined ? [] : [found])]
  }
  const [machine, project, branch] = [numbers(filter.machine), numbers(filter.project), numbers(filter.branch)]
  const [session, model] = [numbers(filter.session), numbers(filter.model)]
  if ([machine, project, branch, session, model].some((all) => all?.length === 0)) return undefined
  const place = [isIn('machine', machine), isIn('project', project), isIn('branch', branch)]
  return {
    machine,
    project,
    branch,
    session,
    places: { sql: place.map(({ sql }) => sql).join(''), values: place.flatMap(({ values }) => values) },
    kinds:
      model === undefined
        ? { sql: '', values: [] }
        : { sql: ` AND kind IN (SELECT kind_id FROM kind WHERE model IN (${marks(model)}))`, values: model },
  }
}

/** A filter as the rest of a WHERE clause on slices. */
export function ofSlices({ places, kinds, session }: Filter): Sql {
  const sessions = isIn('session', session)
  return {
    sql: `${places.sql === '' ? '' : ` AND place IN (${placesOf(places)})`}${kinds.sql}${sessions.sql}`,
    values: [...places.values, ...kinds.values, ...sessions.values],
  }
}

function placesOf({ sql }: Sql): string {
  return `SELECT place_id FROM place WHERE 1${sql}`
}

function isIn(column: string, numbers: readonly number[] | undefined): Sql {
  if (numbers === undefined) return { sql: '', values: [] }
  return { sql: ` AND ${column} IN (${marks(numbers)})`, values: numbers }
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join()
}
