import type { LimitSourceStatus, LimitStatus, SyncMetrics } from '@signalbox/contract/collector'
import { formatDuration } from '@signalbox/contract/duration-text'
import { printable } from '@signalbox/contract/printable'
import { formatCount } from '../format-number.ts'

/** The plan-limits part of the collector's status: a line per source, then the uploads. */
export function formatLimitStatus({ sources, sync, contact, problem }: LimitStatus, running: boolean, now: number): string[] {
  const ago = (at: string | undefined) => (at === undefined ? 'not yet' : `${formatDuration(Math.max(0, now - Date.parse(at)))} ago`)
  const lines = ['Plan limits', ...sources.map((source) => formatSource(source, running, now))]
  const queued = [
    formatCount(sync.pending, 'snapshot'),
    ...(sync.held === undefined ? [] : [`${sync.held} of them dated in the hub's future, sent when their time has come`]),
    ...(sync.set_aside > 0 ? [`${sync.set_aside} rejected by the hub`] : []),
    ...(contact.failures > 0 ? [`the hub cannot request one now: ${contact.problem ?? 'no reason given'}`] : []),
  ]
  lines.push(
    `  Sent      ${ago(sync.at)}: ${formatCount(sync.readings, 'snapshot')} since start, to ${sync.url}`,
    `  Queued    ${queued.join('; ')}`,
  )
  if (sync.all.attempts > 0) lines.push(`  Attempts  last ${formatMetrics(sync.last_10)}; all ${formatMetrics(sync.all)}`)
  if (problem !== undefined) lines.push(`  Snapshots cannot be saved: ${problem}`)
  if (sync.problem !== undefined) {
    const next =
      running && sync.next_attempt_at !== undefined ? ` Next attempt in ${formatDuration(Date.parse(sync.next_attempt_at) - now)}.` : ''
    lines.push(`  Snapshots cannot be sent: ${sync.problem} ${sync.suggestion ?? ''}`.trimEnd() + next)
  }
  return lines.map(printable)
}

const stateNames: Record<LimitSourceStatus['state'], string> = {
  off: 'off',
  starting: 'starting',
  ok: 'ok',
  waiting: 'no data yet',
  failing: 'failing',
  needs_login: 'needs login',
}

function formatSource(
  { name, state, did, at, next, next_attempt_at, failures, error }: LimitSourceStatus,
  running: boolean,
  now: number,
): string {
  const head = `  ${name.padEnd(12)} ${stateNames[state].padEnd(11)}`
  if (state === 'off') return `${head} not in LIMIT_SOURCES`
  const age = at === undefined ? undefined : `${formatDuration(Math.max(0, now - Date.parse(at)))} ago`
  // A source without data says why, which is not an action in the past.
  const last = state === 'waiting' ? formatReason(did, age) : [did, did && age].filter((part) => part !== undefined).join(' ')
  const due = next_attempt_at === undefined ? '' : ` in ${formatDuration(Math.max(0, Date.parse(next_attempt_at) - now))}`
  const problem = error === undefined ? '' : `${error.category}: ${error.message}${failures > 1 ? ` (${failures} times in a row)` : ''}`
  return [
    state === 'waiting' && last !== '' ? `${head.trimEnd()}:` : head,
    [last, problem, running && next !== undefined ? `${next}${due}` : ''].filter((part) => part !== '').join('; '),
  ]
    .join(' ')
    .trimEnd()
}

function formatReason(reason: string | undefined, age: string | undefined): string {
  if (reason === undefined) return ''
  return `${reason.replace(/\.$/, '').replace(/ yet$/, '')}${age === undefined ? '' : ` (checked ${age})`}`
}

function formatMetrics({ attempts, success_rate, retries, duration_ms }: SyncMetrics): string {
  const parts = [
    ...(success_rate === undefined ? [] : [`${Math.round(success_rate * 100)}% succeeded`]),
    formatCount(retries, 'retry', 'retries'),
    ...(duration_ms === undefined ? [] : [`${duration_ms.min} to ${duration_ms.max} ms`, `${duration_ms.avg} on average`]),
  ]
  return `${attempts}: ${parts.join(', ')}`
}
