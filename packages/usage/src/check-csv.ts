import type { CheckReason, CheckSums, SessionCheck } from '@signalbox/contract/usage-check'
import { csvLines } from './csv.ts'

const names = ['session', 'project', 'first_call_at', 'last_call_at'] as const
const counts = ['calls', 'unfinished_calls', 'open_calls', 'telemetry_calls'] as const
const sources = ['rows', 'recorded', 'telemetry', 'not_itemised', 'counted'] as const
const fields = ['input', 'output', 'write', 'read', 'web_searches', 'cost_usd'] as const satisfies readonly (keyof CheckSums)[]

/** Formats checks of sessions as CSV, a line for each session; a source that has nothing has empty cells. */
export function checkCsv(checks: readonly SessionCheck[]): string {
  const head = [...names, ...counts, ...sources.flatMap((source) => fields.map((field) => `${source}_${field}`)), 'reasons']
  const lines = checks.map((check) => [
    ...[...names, ...counts].map((name) => check[name]),
    ...sources.flatMap((source) => fields.map((field) => check[source]?.[field])),
    check.reasons.map(reasonText).join('; '),
  ])
  return csvLines([head, ...lines])
}

function reasonText(reason: CheckReason): string {
  if ('calls' in reason) return `${reason.reason} ${reason.calls}`
  return 'session' in reason ? `${reason.reason} ${reason.session}` : reason.reason
}
