import type { TokenClass, Tokens } from '@signalbox/usage/call'
import { readModelName } from '@signalbox/usage/model-name'
import type { PriceTable } from '@signalbox/usage/price-table'
import type { RecordedSums } from '../transcript/claude-code/cost-state.ts'
import type { ScannedCall } from '../transcript/scanned-call.ts'
import { findHourWrites } from './hour-writes.ts'
import { isWithin, type RecordedRun } from './recorded-runs.ts'

/** A call of a session, from its rows. */
export type SessionCall = Pick<ScannedCall, TokenClass | 'at' | 'model' | 'is_sidechain' | 'unfinished' | 'version' | 'web_searches'>

/** What Claude Code has recorded for a model beyond the calls of a run. */
export interface NotItemised extends Tokens {
  readonly model: string
  readonly web_searches: number
}

/** The sums of one model, from the rows or from a line. */
interface ModelSums {
  readonly model: string
  rows: Tokens & { web_searches: number }
}

/** The first version whose lines have the answers that were interrupted. */
const COUNTS_INTERRUPTED = [2, 1, 326]

/** A run's record beside its calls, for one model. */
export interface RecordedModel {
  readonly beyond: NotItemised
  /** The normalised id of the model in the calls; undefined when they have none of it. */
  readonly id: string | undefined
  /** Whether the record has at least the output of the calls, and so what unfinished ones lack. */
  readonly coversOutput: boolean
}

/**
 * Works out what a run has recorded beyond its calls: by model and class of tokens, never below 0. Rows have more than the line where
 * Claude Code recorded less than it was billed for, as for an answer that was interrupted.
 * @param at the time that prices are of, in milliseconds since 1970
 * @returns every model of the line, those without anything beyond too
 */
export function compareRun(run: RecordedRun, calls: readonly SessionCall[], table: PriceTable, at: number): RecordedModel[] {
  const rows = sumRows(calls.filter((call) => isWithin(run, call) && isRecorded(call)))
  const found: RecordedModel[] = []
  // Names that a row has come first.
  for (const { id, model, sums } of byId(run.sums).sort((a, b) => Number(rows.has(b.id)) - Number(rows.has(a.id)))) {
    const itemised = takeRows(rows, id)
    const beyond = subtractRows(itemised?.model ?? model, sums, itemised?.rows ?? noRows(), table, at)
    const ofRows = itemised === undefined ? undefined : readModelName(itemised.model).id
    found.push({ beyond, id: ofRows, coversOutput: itemised !== undefined && sums.output >= itemised.rows.output })
  }
  return found
}

/** Whether the line of a call's process has it: an interrupted answer of the main conversation is in no line of older versions. */
export function isRecorded({ is_sidechain, unfinished, version }: Pick<SessionCall, 'is_sidechain' | 'unfinished' | 'version'>): boolean {
  return is_sidechain || unfinished !== true || !isOlder(version ?? '', COUNTS_INTERRUPTED)
}

function isOlder(version: string, than: readonly number[]): boolean {
  const numbers = version.split('.').map(Number)
  for (const [index, number] of than.entries()) {
    const own = numbers[index] ?? 0
    if (own !== number) return own < number
  }
  return false
}

/** Joins names that mean one model, as with and without `[1m]`. */
function byId(sums: ReadonlyMap<string, RecordedSums>): { id: string; model: string; sums: RecordedSums }[] {
  const joined = new Map<string, { id: string; model: string; sums: RecordedSums }>()
  for (const [model, more] of sums) {
    const { id } = readModelName(model)
    const known = joined.get(id)
    joined.set(id, known === undefined ? { id, model, sums: more } : { ...known, sums: addRecorded(known.sums, more) })
  }
  return [...joined.values()]
}

function addRecorded(a: RecordedSums, b: RecordedSums): RecordedSums {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    read: a.read + b.read,
    write: a.write + b.write,
    write_1h: a.write_1h === undefined || b.write_1h === undefined ? undefined : a.write_1h + b.write_1h,
    web_searches: a.web_searches + b.web_searches,
    cost_usd: a.cost_usd + b.cost_usd,
  }
}

function noRows(): ModelSums['rows'] {
  return { input: 0, output: 0, write_5m: 0, write_1h: 0, read: 0, web_searches: 0 }
}

function sumRows(calls: readonly SessionCall[]): Map<string, ModelSums> {
  const sums = new Map<string, ModelSums>()
  for (const call of calls) {
    const { id } = readModelName(call.model)
    const known = sums.get(id)
    if (known === undefined) sums.set(id, { model: call.model, rows: addRows(noRows(), call) })
    else known.rows = addRows(known.rows, call)
  }
  return sums
}

function addRows(a: ModelSums['rows'], b: SessionCall): ModelSums['rows'] {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    write_5m: a.write_5m + b.write_5m,
    write_1h: a.write_1h + b.write_1h,
    read: a.read + b.read,
    web_searches: a.web_searches + (b.web_searches ?? 0),
  }
}

/**
 * The rows of a recorded model. Through a cloud or a gateway, the name that was asked for may be one of its own, which no row has; then
 * the rows that no other recorded model has are taken for its own, so that nothing counts twice.
 */
function takeRows(rows: Map<string, ModelSums>, id: string): ModelSums | undefined {
  const own = rows.get(id)
  if (own !== undefined) {
    rows.delete(id)
    return own
  }
  if (isClaude(id)) return undefined
  const [[otherId, other] = ['', undefined]] = rows
  rows.delete(otherId)
  return other
}

function isClaude(id: string): boolean {
  return id.startsWith('claude-')
}

function subtractRows(model: string, sums: RecordedSums, rows: ModelSums['rows'], table: PriceTable, at: number): NotItemised {
  const more = (recorded: number, itemised: number) => Math.max(0, recorded - itemised)
  const writes = more(sums.write, rows.write_5m + rows.write_1h)
  const hourWrites = sums.write_1h ?? findHourWrites(model, sums, table, at) ?? 0
  const write_1h = Math.min(writes, more(hourWrites, rows.write_1h))
  return {
    model,
    input: more(sums.input, rows.input),
    output: more(sums.output, rows.output),
    write_5m: writes - write_1h,
    write_1h,
    read: more(sums.read, rows.read),
    web_searches: more(sums.web_searches, rows.web_searches),
  }
}
