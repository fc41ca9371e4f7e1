import type { Call } from '@signalbox/contract/call'
import type { SessionCheck } from '@signalbox/contract/usage-check'
import { ESTIMATED, NOT_ITEMISED } from '@signalbox/usage/call'
import type { PriceTable } from '@signalbox/usage/price-table'
import { isRecorded } from '@signalbox/usage/recorded-rest'
import { checkSession } from '@signalbox/usage/session-check'
import { isFromTelemetry } from '@signalbox/usage/telemetry-call'
import type { SessionReports } from '../store/usage.ts'

/**
 * Compares what was reported of a session. A hub has no transcripts: of what Claude Code has recorded it knows what is beyond the rows,
 * and whether all that calls lack is in it.
 */
export function checkReports(session: string, { reported, counted }: SessionReports, table: PriceTable): SessionCheck {
  const rows = reported.filter(({ source }) => source === undefined).sort(byTime)
  const records = reported.filter(isRecorded)
  const isWhole = records.length > 0 && records.every(({ unfinished }) => unfinished === false)
  const counts = counted.filter(({ source }) => source !== ESTIMATED)
  const open = counts.filter(({ source, unfinished }) => source !== NOT_ITEMISED && unfinished === true).length
  return checkSession(
    {
      session,
      rows,
      recorded: records.length === 0 ? null : 'beyond-rows',
      notItemised: records,
      telemetry: reported.filter(isFromTelemetry),
      counted: counts,
      placeOf: () => 'recorded',
      openCalls: isWhole ? 0 : open,
    },
    table,
  )
}

function byTime(a: Call, b: Call): number {
  return a.at === b.at ? (a.key < b.key ? -1 : 1) : a.at < b.at ? -1 : 1
}
