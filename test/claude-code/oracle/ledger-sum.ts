import type { Call } from '@signalbox/contract/call'
import type { UsageGroup, UsageSums } from '@signalbox/contract/usage'
import { findTranscriptRoots, openLedger } from '@signalbox/ledger'
import { makeTempFolder, removeFolder } from '../../support/temp.ts'
import { type Amount, sumOf } from './amount.ts'
import { listPrice } from './list-price.ts'

/** What our own ledger says about the transcripts of a client. */
export interface LedgerSum {
  readonly total: Amount
  /** By the name in the report. */
  readonly bySession: ReadonlyMap<string, Amount>
  readonly byModel: ReadonlyMap<string, Amount>
  readonly byDay: ReadonlyMap<string, Amount>
  /** The calls that come from rows of their own. */
  readonly calls: readonly LedgerCall[]
  /** What Claude Code recorded beyond its rows. It is part of `total`, and of no call in `calls`. */
  readonly notItemised: Amount
  /** How many calls the report says are unfinished. */
  readonly unfinishedCalls: number
}

export interface LedgerCall {
  /** Its key, which is the id of its message. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly session: string
  readonly model: string
  readonly amount: Amount
}

/**
 * Reads the transcripts of a client into a ledger of its own and asks that for its reports.
 * @param config the client's CLAUDE_CONFIG_DIR
 * @param zone the IANA zone whose days the report has
 */
export async function readLedger(config: string, zone: string): Promise<LedgerSum> {
  const dataDir = makeTempFolder()
  const ledger = openLedger({ dataDir })
  try {
    await ledger.refresh({ roots: findTranscriptRoots({ CLAUDE_CONFIG_DIR: config }) })
    const report = (group: UsageGroup) => ledger.report({ group, timezone: zone })
    const rowsBy = (group: 'session' | 'model' | 'day') => new Map(report(group).rows.map((row) => [row[group] ?? '', toAmount(row)]))
    const { totals } = report('day')
    const calls = ledger.outbox.next(Number.MAX_SAFE_INTEGER)?.calls ?? []
    return {
      total: toAmount(totals),
      bySession: rowsBy('session'),
      byModel: rowsBy('model'),
      byDay: rowsBy('day'),
      calls: calls.filter(({ source }) => source === undefined).map(toLedgerCall),
      notItemised: sumOf(totals.models.filter((row) => row.not_itemised === true).map(toAmount)),
      unfinishedCalls: totals.unfinished_calls,
    }
  } finally {
    ledger.close()
    removeFolder(dataDir)
  }
}

function toAmount(sums: UsageSums): Amount {
  const { calls, input, output, write_5m, write_1h, read, cost_usd } = sums
  // Reports have whole pico-dollars, and sums of scenarios are far below the 9,000 dollars that a number can hold of them.
  return { calls, input, output, write_5m, write_1h, read, pico: Math.round((cost_usd ?? 0) * 1e12) }
}

function toLedgerCall(call: Call): LedgerCall {
  const { input, output, write_5m, write_1h, read } = call
  return {
    id: call.key,
    at: Date.parse(call.at),
    session: call.session_id ?? '',
    model: call.model,
    amount: { calls: 1, input, output, write_5m, write_1h, read, pico: listPrice(call) ?? 0 },
  }
}
