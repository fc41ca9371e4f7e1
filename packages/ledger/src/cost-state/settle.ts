import { NOT_ITEMISED, REFUSED, totalTokens } from '@signalbox/usage/call'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { changedRecords, recordReader, toRecord } from '../records.ts'
import type { LedgerStore } from '../store/ledger-store.ts'
import { packCalls } from '../transcript/call-batch.ts'
import { boundedKey } from '../transcript/field.ts'
import type { ScannedCall } from '../transcript/scanned-call.ts'
import { compareRun } from './not-itemised.ts'
import { countOpenCalls } from './open-call.ts'
import { readRuns, readSessionCalls } from './read-session.ts'
import { isWithin } from './recorded-runs.ts'

/** Sessions whose calls are read at once: reading them takes a pass over all calls. */
const SESSIONS_PER_PASS = 200

/**
 * Works out, for each session whose lines or calls have changed, what Claude Code has recorded beyond its calls, and stores that as
 * records of their own: one for each model of each run, without figures where the calls have all of it, so that a hub knows that it is
 * recorded. A record that says the same as before stays as it is.
 */
export function settleCostStates(store: LedgerStore, now: number): void {
  const sessions = store.read(() => store.costStates.unsettled())
  const recordsOf = recordReader(store, NOT_ITEMISED)
  for (let from = 0; from < sessions.length; from += SESSIONS_PER_PASS) {
    const some = sessions.slice(from, from + SESSIONS_PER_PASS)
    store.transact(() => {
      const calls = readSessionCalls(store, some)
      const records = some.flatMap((session) =>
        changedRecords(recordsOf(session), findRecords(store, session, calls.get(session) ?? [], now), now),
      )
      if (records.length > 0) store.write([], packCalls(new Map(records.map((record) => [record.key, record]))), now)
      for (const session of some) store.costStates.settle(session)
      // What is recorded need not be estimated.
      store.answers.setDue(some)
    })
  }
}

function findRecords(store: LedgerStore, session: string, calls: readonly ScannedCall[], now: number): ScannedCall[] {
  const runs = readRuns(store, session, calls)
  // Claude Code's own cost is at list price, whatever prices reports have.
  const table = defaultPriceTable()
  const isWhole = countOpenCalls(calls, runs, table) === 0
  return runs.flatMap((run) => {
    const { start, duration } = run.line
    const last = calls.findLast((call) => isWithin(run, call))
    const at = last?.at ?? run.line.at ?? (start + duration || now)
    return compareRun(run, calls, table, at).map(({ beyond: sums }) => {
      const key = boundedKey(`${NOT_ITEMISED}:${session}:${sums.model}:${start + duration}`)
      // Requests without any output were refused, which costs nothing, though Claude Code counts their prompts.
      const outcome = sums.output === 0 && totalTokens(sums) > 0 ? { outcome: REFUSED } : {}
      const unfinished = isWhole ? { unfinished: false } : {}
      return toRecord({ key, at, source: NOT_ITEMISED, ...outcome, ...unfinished, ...sums }, session, last ?? calls.at(-1), now)
    })
  })
}
