import type { Call } from '@signalbox/contract/call'
import type { CheckReason, CheckSums, ModelCheck, SessionCheck } from '@signalbox/contract/usage-check'
import { REFUSED } from './call.ts'
import type { MergeableCall } from './call-merge.ts'
import { readModelName } from './model-name.ts'
import type { PriceTable } from './price-table.ts'
import { toSlice } from './slice.ts'
import { addSlice, addSums, emptySums, type Sums, toTotals } from './sums.ts'
import { telemetryKey } from './telemetry-call.ts'

/*
 * The sources of one session, side by side: the rows of its transcripts, what Claude Code has recorded, and telemetry. Machines and hubs
 * know different parts of it, and compare what they know in the same way.
 */

/** A call or a record whose times are texts or milliseconds. */
export type CheckedCall = MergeableCall

/** What is known about a call of the rows: in a record, an interrupted answer that records leave out, or in no record at all. */
export type CallPlace = 'recorded' | 'interrupted' | 'killed'

export interface SessionSources {
  readonly session: string
  /** The calls as transcripts have them, oldest first. */
  readonly rows: readonly CheckedCall[]
  /**
   * What Claude Code has recorded, by model; a model may be there several times. `beyond-rows` where only what is not itemised is known
   * of it: then it is that and the rows of the same models. Null when it has recorded nothing.
   */
  readonly recorded: readonly (readonly [model: string, sums: CheckSums])[] | 'beyond-rows' | null
  /** What of that is counted beside the calls. */
  readonly notItemised: readonly CheckedCall[]
  readonly telemetry: readonly CheckedCall[]
  /** What reports count; the rows and what is not itemised when absent. */
  readonly counted?: readonly CheckedCall[] | undefined
  readonly placeOf: (call: CheckedCall) => CallPlace
  /** The unfinished calls whose output no source has. */
  readonly openCalls: number
  /** The sessions whose sums the record began with. */
  readonly restored?: readonly string[]
}

/** Compares the sources of a session at the prices of `table`. */
export function checkSession(sources: SessionSources, table: PriceTable): SessionCheck {
  const { session, rows: calls, openCalls } = sources
  const sums = sumSources(sources, table)
  const rows = sums.rows.total()
  const not_itemised = sums.notItemised.total()
  const recorded = sums.recorded && addCheckSums([...sums.recorded.values()].map((model) => model.sums))
  const telemetry = sources.telemetry.length === 0 ? null : sums.telemetry.total()
  const first = calls[0]
  const check = {
    session,
    project: first?.cwd ?? '',
    first_call_at: first === undefined ? null : instant(first.at),
    last_call_at: first === undefined ? null : instant(calls.at(-1)!.at),
    calls: calls.length,
    unfinished_calls: calls.filter(isUnfinished).length,
    open_calls: openCalls,
    rows,
    recorded,
    telemetry,
    telemetry_calls: sources.telemetry.length,
    difference: recorded && combine(recorded, rows, -1),
    telemetry_difference: telemetry && combine(telemetry, rows, -1),
    not_itemised,
    counted: sources.counted === undefined ? toCheckSums(countedHere(sums)) : new SumsByModel(sources.counted, table).total(),
  }
  return { ...check, reasons: findReasons(sources, check), models: compareModels(sums) }
}

function countedHere({ rows, notItemised }: SourceSums): ModelSums[] {
  return [...rows.models.values(), ...notItemised.models.values()]
}

/** Adds what a hub has of telemetry to a check of the same session by its machine. */
export function withTelemetry(check: SessionCheck, atHub: SessionCheck): SessionCheck {
  const { telemetry, telemetry_calls, telemetry_difference } = atHub
  if (telemetry === null) return check
  const ofHub = new Map(atHub.models.map((model) => [readModelName(model.model).id, model]))
  const models = check.models.map((model) => {
    const known = ofHub.get(readModelName(model.model).id)
    ofHub.delete(readModelName(model.model).id)
    return { ...model, telemetry: known?.telemetry ?? null }
  })
  const others = [...ofHub.values()].filter((model) => model.telemetry !== null)
  const said = new Set(check.reasons.map(({ reason }) => reason))
  const ofTelemetry: readonly CheckReason['reason'][] = ['unfinished', 'background', 'not_in_telemetry']
  return {
    ...check,
    telemetry,
    telemetry_calls,
    telemetry_difference,
    // What reports of a hub count has the figures of telemetry too.
    open_calls: Math.min(check.open_calls, atHub.open_calls),
    reasons: [...check.reasons, ...atHub.reasons.filter(({ reason }) => ofTelemetry.includes(reason) && !said.has(reason))],
    models: [...models, ...others.map((model) => ({ ...model, rows: none(0), recorded: null }))].sort(byModel),
  }
}

type Compared = Pick<SessionCheck, 'rows' | 'recorded' | 'telemetry' | 'not_itemised' | 'telemetry_difference'>

function findReasons(
  { rows: calls, notItemised, telemetry: events, recorded: records, placeOf, restored = [] }: SessionSources,
  { rows, recorded, telemetry, not_itemised, telemetry_difference }: Compared,
): CheckReason[] {
  const reasons: CheckReason[] = []
  const beyond = notItemised.filter((record) => tokensOf(record) > 0 || (record.web_searches ?? 0) > 0)
  const requests = new Set(calls.flatMap((call) => telemetryKey(call as Call) ?? []))
  const reported = new Set(events.map(({ key }) => key))
  const unfinished = calls.filter(isUnfinished)
  const isFinishedElsewhere = beyond.some(({ output }) => output > 0) || (telemetry_difference?.output ?? 0) > 0
  const lacking = unfinished.filter((call) => placeOf(call) === 'recorded' || reported.has(telemetryKey(call as Call) ?? ''))
  // Where nothing is recorded, no other source has what these calls lack.
  const lost = isFinishedElsewhere ? lacking : records === null ? unfinished : []
  if (lost.length > 0) reasons.push({ reason: 'unfinished', calls: lost.length })
  const inBackground = beyond.some((record) => tokensOf(record) > record.output) || (lacking.length === 0 && beyond.length > 0)
  if (inBackground || events.some(({ key }) => !requests.has(key))) reasons.push({ reason: 'background' })
  if (records === null) reasons.push({ reason: 'not_recorded' })
  for (const place of records === null ? [] : (['killed', 'interrupted'] as const)) {
    const count = calls.filter((call) => placeOf(call) === place).length
    if (count > 0) reasons.push({ reason: place, calls: count })
  }
  const odd = calls.filter((call) => call.odd).length
  if (odd > 0) reasons.push({ reason: 'odd', calls: odd })
  const refused = calls.filter(({ outcome }) => outcome === REFUSED).length
  if (refused > 0 && recorded !== null) reasons.push({ reason: 'refused', calls: refused })
  for (const base of restored) reasons.push({ reason: 'restored', session: base })
  const counted = combine(rows, not_itemised, 1)
  const isSame = recorded !== null && tokenFields.every((field) => counted[field] === recorded[field])
  if (isSame && refused === 0 && !isSameCost(counted.cost_usd, recorded.cost_usd)) reasons.push({ reason: 'price' })
  if (telemetry !== null) {
    const count = calls.filter((call) => !reported.has(telemetryKey(call as Call) ?? '')).length
    if (count > 0) reasons.push({ reason: 'not_in_telemetry', calls: count })
  }
  return reasons
}

function isUnfinished({ unfinished }: CheckedCall): boolean {
  return unfinished === true
}

function tokensOf({ input, output, write_5m, write_1h, read }: CheckedCall): number {
  return input + output + write_5m + write_1h + read
}

/** Claude Code adds dollars up as floating-point numbers. */
function isSameCost(a: number | null, b: number | null): boolean {
  return a !== null && b !== null && Math.abs(a - b) <= 1e-6
}

const tokenFields = ['input', 'output', 'write', 'read', 'web_searches'] as const

function none(cost_usd: number | null): CheckSums {
  return { input: 0, output: 0, write: 0, read: 0, web_searches: 0, cost_usd }
}

/** The sums of calls and records of one model. */
interface ModelSums {
  readonly model: string
  readonly sums: Sums
  searches: number
}

/** Adds calls and records up, by the normalised id of their model, so that each is looked at once. */
class SumsByModel {
  readonly models = new Map<string, ModelSums>()

  constructor(calls: readonly CheckedCall[], table: PriceTable) {
    for (const call of calls) {
      const of = this.#modelOf(call.model)
      const { as_of: _, session_since: __, ...rest } = call
      addSlice(of.sums, table, toSlice({ ...rest, at: instant(call.at) }, table.thresholds))
      of.searches += call.web_searches ?? 0
    }
  }

  /** All models together. */
  total(): CheckSums {
    return toCheckSums([...this.models.values()])
  }

  readonly #ids = new Map<string, string>()

  #modelOf(model: string): ModelSums {
    let id = this.#ids.get(model)
    if (id === undefined) {
      id = readModelName(model).id
      this.#ids.set(model, id)
    }
    let known = this.models.get(id)
    if (known === undefined) {
      known = { model, sums: emptySums(), searches: 0 }
      this.models.set(id, known)
    }
    return known
  }
}

/** The sums of several models, or of several sources, at list price. */
function toCheckSums(all: readonly (ModelSums | undefined)[]): CheckSums {
  const sums = emptySums()
  let searches = 0
  for (const one of all) {
    if (one === undefined) continue
    addSums(sums, one.sums)
    searches += one.searches
  }
  const { input, output, write_5m, write_1h, read, total_tokens, cost_usd } = toTotals(sums)
  const isNothing = total_tokens === 0 && searches === 0
  return { input, output, write: write_5m + write_1h, read, web_searches: searches, cost_usd: isNothing ? 0 : cost_usd }
}

/** Adds sums up; without any, the cost is unknown. */
function addCheckSums(all: readonly CheckSums[]): CheckSums {
  return all.reduce((sum, more) => combine(sum, more, 1), none(null))
}

function combine(a: CheckSums, b: CheckSums, sign: 1 | -1): CheckSums {
  const add = (field: (typeof tokenFields)[number]) => a[field] + sign * b[field]
  return {
    input: add('input'),
    output: add('output'),
    write: add('write'),
    read: add('read'),
    web_searches: add('web_searches'),
    cost_usd: a.cost_usd === null && b.cost_usd === null ? null : (a.cost_usd ?? 0) + sign * (b.cost_usd ?? 0),
  }
}

/** What the sources have, each added up once. */
interface SourceSums {
  readonly rows: SumsByModel
  readonly notItemised: SumsByModel
  readonly telemetry: SumsByModel
  /** By the normalised id of the model; null when Claude Code has recorded nothing. */
  readonly recorded: ReadonlyMap<string, { readonly model: string; readonly sums: CheckSums }> | null
}

function sumSources({ rows: calls, notItemised: records, telemetry, recorded }: SessionSources, table: PriceTable): SourceSums {
  const rows = new SumsByModel(calls, table)
  const notItemised = new SumsByModel(records, table)
  const sums = { rows, notItemised, telemetry: new SumsByModel(telemetry, table) }
  if (recorded === null) return { ...sums, recorded }
  if (recorded === 'beyond-rows') {
    const models = [...notItemised.models].map(([id, beyond]) => {
      return [id, { model: beyond.model, sums: toCheckSums([rows.models.get(id), beyond]) }] as const
    })
    return { ...sums, recorded: new Map(models) }
  }
  const models = [...Map.groupBy(recorded, ([model]) => readModelName(model).id)].map(([id, its]) => {
    return [id, { model: its[0]![0], sums: addCheckSums(its.map(([, more]) => more)) }] as const
  })
  return { ...sums, recorded: new Map(models) }
}

function compareModels({ rows, recorded, telemetry }: SourceSums): ModelCheck[] {
  return [...new Set([...rows.models.keys(), ...(recorded?.keys() ?? []), ...telemetry.models.keys()])].sort().map((id) => {
    const events = telemetry.models.get(id)
    return {
      model: (rows.models.get(id) ?? recorded?.get(id) ?? events)!.model,
      rows: toCheckSums([rows.models.get(id)]),
      recorded: recorded?.get(id)?.sums ?? null,
      telemetry: events === undefined ? null : toCheckSums([events]),
    }
  })
}

function byModel(a: ModelCheck, b: ModelCheck): number {
  return readModelName(a.model).id < readModelName(b.model).id ? -1 : 1
}

function instant(at: string | number): string {
  return typeof at === 'string' ? at : new Date(at).toISOString()
}
