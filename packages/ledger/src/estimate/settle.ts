import { ESTIMATED, isCall } from '@signalbox/usage/call'
import { estimateOutput } from '@signalbox/usage/output-estimate'
import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'
import { placeOfCall } from '../cost-state/open-call.ts'
import { readRuns, readSessionCalls } from '../cost-state/read-session.ts'
import { changedRecords, recordReader, toRecord } from '../records.ts'
import type { LedgerStore } from '../store/ledger-store.ts'
import { MAX_FIRST_OUTPUT } from '../store/slices.ts'
import { packCalls } from '../transcript/call-batch.ts'
import { boundedKey } from '../transcript/field.ts'
import type { ScannedCall } from '../transcript/scanned-call.ts'
import { type RatesOfModel, ratesOfModels } from './rates.ts'

/**
 * Estimates the output of calls that no record has the output of: not their final row, and not what Claude Code has recorded. The
 * estimates are records of their own, one for each session, model and quarter-hour.
 */
export function settleEstimates(store: LedgerStore, now: number): void {
  // The sums are those of slices, which a new schema makes anew.
  store.ensureThresholds([])
  store.transact(() => {
    const sessions = store.answers.due()
    const recordsOf = recordReader(store, ESTIMATED)
    const records = findRecords(store, sessions, ratesOf(store), now)
    const changed = sessions.flatMap((session) => changedRecords(recordsOf(session), records.get(session) ?? [], now))
    if (changed.length > 0) store.write([], packCalls(new Map(changed.map((record) => [record.key, record]))), now)
    store.answers.setDone(sessions)
  })
}

/** The rates of each model, and the number of answers that they were fitted to. */
const lastRates = new WeakMap<LedgerStore, { readonly answers: number; readonly rates: RatesOfModel }>()
/** A share of so many more answers does not change rates noticeably. */
const MORE_ANSWERS = 1.05

/** Fits rates once for many answers: sessions of an old version ask every second while they run. */
function ratesOf(store: LedgerStore): RatesOfModel {
  const answers = store.answers.countKnown()
  const last = lastRates.get(store)
  if (last !== undefined && answers >= last.answers && answers <= last.answers * MORE_ANSWERS) return last.rates
  const rates = ratesOfModels(store.answers.known())
  lastRates.set(store, { answers, rates })
  return rates
}

/** Calls of a quarter-hour and of a place that have no final record, and how much their answers hold together. */
interface Unfinished {
  readonly place: number
  readonly quarter: number
  readonly at: number
  readonly calls: number
  readonly output: number
  readonly text: number
  readonly tool_input: number
  readonly thinking: number
}

function findRecords(store: LedgerStore, sessions: readonly string[], rates: RatesOfModel, now: number): Map<string, ScannedCall[]> {
  const recorded = new Set(sessions.filter((session) => store.costStates.linesOf(session).length > 0))
  const groups = new Groups(store, rates)
  for (const one of sumUnfinished(store, recorded.size === 0 ? sessions : sessions.filter((session) => !recorded.has(session)))) {
    groups.add(one)
  }
  for (const one of findUnrecorded(store, [...recorded])) groups.add(one)
  return groups.toRecords(now)
}

/** Most sessions with such calls are older than what Claude Code records. */
function sumUnfinished({ db }: LedgerStore, sessions: readonly string[]): Unfinished[] {
  const places = 'SELECT id FROM places WHERE session IN (SELECT value FROM json_each(?))'
  return db
    .prepare<[string], Unfinished>(
      `SELECT place, quarter, first_at AS at, open_calls AS calls, open_output AS output, open_text AS text, open_tool AS tool_input,
         open_thinking AS thinking
       FROM slices WHERE open_calls > 0 AND place IN (${places}) ORDER BY first_at`,
    )
    .all(JSON.stringify(sessions))
}

/** The calls of sessions that are in no run of theirs, so that nothing is estimated that is recorded. */
function findUnrecorded(store: LedgerStore, sessions: readonly string[]): Unfinished[] {
  if (sessions.length === 0) return []
  const find = store.db.prepare<[string], Unfinished>(
    `SELECT place, at / ${QUARTER_HOUR_MS} AS quarter, at, 1 AS calls, output, text_bytes AS text, tool_bytes AS tool_input,
       thinking_bytes AS thinking
     FROM calls WHERE key = ? AND unfinished = 1 AND output <= ${MAX_FIRST_OUTPUT} AND text_bytes IS NOT NULL`,
  )
  return [...readSessionCalls(store, sessions)].flatMap(([session, calls]) => {
    const runs = readRuns(store, session, calls)
    return calls
      .filter((call) => call.unfinished === true && placeOfCall(call, runs) !== 'recorded')
      .flatMap(({ key }) => find.get(key) ?? [])
  })
}

/** Adds up the estimates of one session, model and quarter-hour, whatever branch or folder they are of. */
class Groups {
  readonly #store: LedgerStore
  readonly #rates: RatesOfModel
  readonly #groups = new Map<string, { first: ScannedCall; tokens: number }>()

  constructor(store: LedgerStore, rates: RatesOfModel) {
    this.#store = store
    this.#rates = rates
  }

  add({ place, quarter, at, output, ...sums }: Unfinished): void {
    const label = this.#store.labels.getPlace(place)
    if (!isCall(label.source)) return
    const key = boundedKey(`${ESTIMATED}:${label.session_id ?? ''}:${label.model}:${quarter}`)
    const group = this.#groups.get(key) ?? { first: { ...label, key, at } as unknown as ScannedCall, tokens: 0 }
    group.tokens += Math.max(0, estimateOutput(this.#rates(label.model), sums) - output)
    this.#groups.set(key, group)
  }

  toRecords(now: number): Map<string, ScannedCall[]> {
    const records = [...this.#groups].map(([key, { first, tokens }]) => {
      const { at, model, session_id = '' } = first
      const sums = { input: 0, output: Math.round(tokens), write_5m: 0, write_1h: 0, read: 0, web_searches: undefined }
      return toRecord({ key, at, model, source: ESTIMATED, ...sums }, session_id, first, now)
    })
    return Map.groupBy(records, ({ session_id }) => session_id ?? '')
  }
}
