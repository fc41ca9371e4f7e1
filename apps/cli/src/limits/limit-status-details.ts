import { sourceTitle } from '@signalbox/client/collector-source'
import type { LimitSourceStatus, LimitStatus, SyncMetrics } from '@signalbox/contract/collector'
import { formatDuration } from '@signalbox/contract/duration-text'
import { formatPercent } from '@signalbox/contract/number-text'
import type { Detail } from '../details.ts'
import { formatCount } from '../format-number.ts'
import type { Style } from '../terminal.ts'
import { unsent } from '../unsent.ts'

/** The plan-limits part of the collector's status: each source, and how sending goes. */
export function limitStatusDetails(
  { sources, sync, contact, problem }: LimitStatus,
  running: boolean,
  now: number,
): { readonly sources: Detail[]; readonly sending: Detail[] } {
  const ago = (at: string | undefined) => (at === undefined ? 'not sent yet' : `last sent ${formatDuration(now - Date.parse(at))} ago`)
  const waiting = [
    sync.pending === 0 ? 'nothing' : formatCount(sync.pending, 'snapshot'),
    ...(sync.held === undefined ? [] : [`${sync.held} of them dated in the hub's future, sent when their time has come`]),
    ...(sync.set_aside > 0 ? [`${sync.set_aside} rejected by the hub`] : []),
    ...(contact.failures > 0 ? [`the hub cannot request one now: ${contact.problem ?? 'no reason given'}`] : []),
  ]
  return {
    sources: sources.map((source) => [sourceTitle(source.name), formatSource(source, running, now), styles[source.state]]),
    sending: [
      ['Sent', `${formatCount(sync.readings, 'snapshot')} since it started, ${ago(sync.at)}`],
      ['Waiting', waiting.join('; ')],
      ['Attempts', sync.all.attempts === 0 ? undefined : `the last ${formatMetrics(sync.last_10)}`],
      ['', sync.all.attempts === 0 ? undefined : `all ${formatMetrics(sync.all)}`],
      ['', problem === undefined ? undefined : `Snapshots cannot be saved: ${problem}`, 'red'],
      ['', unsent('Snapshots', sync, running, now), 'red'],
    ],
  }
}

const styles: Record<LimitSourceStatus['state'], Style | undefined> = {
  off: 'dim',
  starting: undefined,
  ok: undefined,
  waiting: 'dim',
  failing: 'red',
  needs_login: 'yellow',
}

const stateNames: Record<LimitSourceStatus['state'], string> = {
  off: 'switched off in LIMIT_SOURCES',
  starting: 'starting',
  ok: 'ok',
  waiting: 'no data yet',
  failing: 'failing',
  needs_login: 'sign-in needed',
}

function formatSource(
  { state, did, at, next, next_attempt_at, failures, error }: LimitSourceStatus,
  running: boolean,
  now: number,
): string {
  if (state === 'off') return stateNames[state]
  const age = at === undefined ? undefined : `${formatDuration(now - Date.parse(at))} ago`
  // A source without data says why, which is not an action in the past.
  const last = state === 'waiting' ? formatReason(did, age) : [did, did && age].filter((part) => part !== undefined).join(' ')
  const due = next_attempt_at === undefined ? '' : ` in ${formatDuration(Date.parse(next_attempt_at) - now)}`
  const problem = error === undefined ? '' : `${error.category}: ${error.message}${failures > 1 ? ` (${failures} times in a row)` : ''}`
  const facts = [last, problem, running && next !== undefined ? `${next}${due}` : ''].filter((part) => part !== '')
  return facts.length === 0 ? stateNames[state] : `${stateNames[state]}: ${facts.join('; ')}`
}

function formatReason(reason: string | undefined, age: string | undefined): string {
  if (reason === undefined) return ''
  return `${reason.replace(/\.$/, '').replace(/ yet$/, '')}${age === undefined ? '' : ` (checked ${age})`}`
}

function formatMetrics({ attempts, success_rate, retries, duration_ms }: SyncMetrics): string {
  const parts = [
    ...(success_rate === undefined ? [] : [`${formatPercent(success_rate * 100)} succeeded`]),
    formatCount(retries, 'retry', 'retries'),
    ...(duration_ms === undefined ? [] : [`${duration_ms.min} to ${duration_ms.max} ms, ${duration_ms.avg} ms on average`]),
  ]
  return `${attempts}: ${parts.join(', ')}`
}
