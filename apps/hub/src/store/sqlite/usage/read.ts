import { QUARTER, type Slice } from '@signalbox/usage/slice'
import type { SliceName, SliceQuery, UsageFilter } from '../../store.ts'
import type { Connection } from '../connection.ts'
import type { Names } from '../name.ts'
import { EVERYWHERE, partStart } from './day.ts'
import type { PriceCuts } from './price-cuts.ts'
import type { Span } from './span.ts'
import { addedUp, sumList } from './sums.ts'

type Sums = [
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
type SliceRow = [quarter: number, session: number, place: number, kind: number, band: number, ...Sums]
type DayRow = [day: number, part: number, place: number, kind: number, band: number, ...Sums]

/** The part of a WHERE that keeps what is asked for, with its values. Undefined when a name is not known at all. */
interface Condition {
  readonly place: string
  readonly rest: string
  readonly values: readonly unknown[]
}

/** Which of the numbers of a place and a session survive into the slices. */
export class SliceReader {
  readonly #connection: Connection
  readonly #names: Names
  readonly #cuts: PriceCuts
  readonly #keep: ReadonlySet<SliceName>
  readonly #condition: Condition | undefined
  readonly #filter: UsageFilter
  readonly #places = new Map<number, { machine: string; project: string; branch: string }>()
  readonly #kinds = new Map<number, { model: string; speed: string; service_tier: string; inference_geo: string }>()

  constructor(connection: Connection, names: Names, cuts: PriceCuts, { filter, keep }: Pick<SliceQuery, 'filter' | 'keep'>) {
    this.#connection = connection
    this.#names = names
    this.#cuts = cuts
    this.#keep = new Set(keep)
    this.#filter = filter
    this.#condition = conditionOf(names, filter)
  }

  /** Whether whole days can answer: they are not added up by session. */
  get daysWillDo(): boolean {
    return !this.#keep.has('session') && this.#filter.session === undefined
  }

  /** @param span whole quarters */
  read(span: Span): Slice[] {
    if (this.#condition === undefined) return []
    return span.by === 'day' ? this.#days(span, this.#condition) : this.#quarters(span.from, span.to, this.#condition)
  }

  /** The slices of one quarter, of the calls in [from, to) alone; in milliseconds. */
  readEdge(quarter: number, from: number, to: number): Slice[] {
    const condition = this.#condition
    if (condition === undefined) return []
    const rows = this.#connection
      .rows(
        `SELECT quarter, session, place, kind, band, ${sumList}, first_at, last_at FROM slice
         WHERE quarter = ? AND last_at >= ? AND first_at < ? AND ${condition.place} AND ${condition.rest}`,
      )
      .all(quarter, from, to, ...condition.values) as SliceRow[]
    return rows.flatMap((row) => {
      const [, session, place, kind, band] = row
      const [first, last] = [row[12], row[13]]
      if (first >= from && last < to) return [this.#sliceOf(row)]
      const thresholds = this.#cuts.thresholds
      const above = band === 0 ? -1 : thresholds[band - 1]!
      const upTo = thresholds[band] ?? Number.MAX_SAFE_INTEGER
      const sums = this.#connection
        .rows(
          `SELECT count(*), sum(input), sum(output), sum(write_5m), sum(write_1h), sum(read), sum(coalesce(web_searches, 0)), min(at), max(at)
           FROM call WHERE session = ? AND at >= ? AND at < ? AND place = ? AND kind = ?
           AND input + write_5m + write_1h + read > ? AND input + write_5m + write_1h + read <= ?`,
        )
        .get(session, Math.max(from, quarter * QUARTER), Math.min(to, (quarter + 1) * QUARTER), place, kind, above, upTo) as Sums
      return sums[0] === 0 ? [] : [this.#sliceOf([quarter, session, place, kind, band, ...sums])]
    })
  }

  #quarters(from: number, to: number, { place, rest, values }: Condition): Slice[] {
    const where = `quarter >= ? AND quarter < ? AND ${place} AND ${rest}`
    const keepsPlace = this.#keep.has('machine') || this.#keep.has('project') || this.#keep.has('branch')
    const sql = this.#keep.has('session')
      ? `SELECT quarter, session, place, kind, band, ${sumList}, first_at, last_at FROM slice WHERE ${where} ORDER BY quarter`
      : `SELECT quarter, 0, ${keepsPlace ? 'place' : '0 AS nowhere'}, kind, band, ${addedUp} FROM slice WHERE ${where}
         GROUP BY quarter, ${keepsPlace ? 'place' : 'nowhere'}, kind, band`
    return (this.#connection.rows(sql).all(from, to, ...values) as SliceRow[]).map((row) => this.#sliceOf(row))
  }

  #days({ offset, fromDay, toDay }: Span & { by: 'day' }, { place, rest, values }: Condition): Slice[] {
    const keepsPlace = this.#keep.has('machine') || this.#keep.has('project') || this.#keep.has('branch')
    const everywhere = !keepsPlace && place === everyPlace
    const where = `quarters = ? AND ${everywhere ? `place = ${EVERYWHERE}` : `place <> ${EVERYWHERE} AND ${place}`} AND day >= ? AND day < ? AND ${rest}`
    const sql =
      everywhere || keepsPlace
        ? `SELECT day, part, place, kind, band, ${sumList}, first_at, last_at FROM day WHERE ${where}`
        : `SELECT day, part, 0, kind, band, ${addedUp} FROM day WHERE ${where} GROUP BY day, part, kind, band`
    // The place's values come first in the condition and first in the statement.
    const placeValues = values.slice(0, count(place))
    const restValues = values.slice(count(place))
    const rows = this.#connection.rows(sql).all(offset, ...(everywhere ? [] : placeValues), fromDay, toDay, ...restValues) as DayRow[]
    const slices = rows.map(([day, part, at, ...row]) =>
      this.#sliceOf([partStart(day, part, offset, this.#cuts.changes), 0, at, ...row] as SliceRow),
    )
    return keepsPlace ? slices.sort((a, b) => a.quarter - b.quarter) : slices
  }

  #sliceOf(row: SliceRow): Slice {
    const [quarter, session, place, kind, band, calls, input, output, write_5m, write_1h, read, web_searches, first_at, last_at] = row
    const { machine, project, branch } = this.#placeOf(place)
    const { model, speed, service_tier, inference_geo } = this.#kindOf(kind)
    return {
      quarter,
      session: this.#names.textOf(session) ?? '',
      project,
      branch,
      machine,
      model,
      speed,
      service_tier,
      inference_geo,
      band,
      calls,
      input,
      output,
      write_5m,
      write_1h,
      read,
      web_searches,
      first_at,
      last_at,
    }
  }

  #placeOf(id: number): { machine: string; project: string; branch: string } {
    let place = this.#places.get(id)
    if (place === undefined) {
      const [machine, project, branch] = id === EVERYWHERE ? [0, 0, 0] : this.#names.place(id)
      const text = (name: SliceName, number: number) => (this.#keep.has(name) ? (this.#names.textOf(number) ?? '') : '')
      place = { machine: text('machine', machine), project: text('project', project), branch: text('branch', branch) }
      this.#places.set(id, place)
    }
    return place
  }

  #kindOf(id: number): { model: string; speed: string; service_tier: string; inference_geo: string } {
    let kind = this.#kinds.get(id)
    if (kind === undefined) {
      const [model, speed, tier, geo] = this.#names.kind(id).map((number) => this.#names.textOf(number) ?? '')
      kind = { model: model!, speed: speed!, service_tier: tier!, inference_geo: geo! }
      this.#kinds.set(id, kind)
    }
    return kind
  }
}

const everyPlace = '1'

function count(sql: string): number {
  return sql.split('?').length - 1
}

/** @returns undefined when no call can match, because a name was never heard of */
export function conditionOf(names: Names, filter: UsageFilter): Condition | undefined {
  const places: string[] = []
  const rest: string[] = []
  const placeValues: unknown[] = []
  const restValues: unknown[] = []
  let known = true
  const numbers = (text: string): number[] => {
    const found = names.find(text)
    // An absent name and an empty one are the same to whoever asks.
    const all = [...(text === '' ? [0] : []), ...(found === undefined ? [] : [found])]
    if (all.length === 0) known = false
    return all
  }
  const oneOf = (column: string, text: string, sql: string[], values: unknown[]) => {
    const all = numbers(text)
    sql.push(`${column} IN (${all.map(() => '?').join()})`)
    values.push(...all)
  }
  if (filter.machine !== undefined) oneOf('machine', filter.machine, places, placeValues)
  if (filter.project !== undefined) oneOf('project', filter.project, places, placeValues)
  if (filter.branch !== undefined) oneOf('branch', filter.branch, places, placeValues)
  if (filter.session !== undefined) oneOf('session', filter.session, rest, restValues)
  if (filter.model !== undefined) {
    const models: string[] = []
    oneOf('model', filter.model, models, restValues)
    rest.push(`kind IN (SELECT kind_id FROM kind WHERE ${models.join()})`)
  }
  if (!known) return undefined
  return {
    place: places.length === 0 ? everyPlace : `place IN (SELECT place_id FROM place WHERE ${places.join(' AND ')})`,
    rest: rest.length === 0 ? '1' : rest.join(' AND '),
    values: [...placeValues, ...restValues],
  }
}
