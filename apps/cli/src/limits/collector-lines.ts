import type { LimitSourceStatus, LimitStatus, SyncMetrics } from '@signalbox/contract/collector'
import { counted, duration } from '../number.ts'
import { printable } from '../printable.ts'

/** How plan limits are read on this machine, and how the readings get to the hub: a line for each source, then for the way. */
export function limitLines({ sources, sync, contact, problem }: LimitStatus, running: boolean, now: number): string[] {
  const ago = (at: string | undefined) => (at === undefined ? 'not yet' : `${duration(Math.max(0, now - Date.parse(at)))} ago`)
  const lines = ['Plan limits', ...sources.map((source) => sourceLine(source, running, now))]
  const waits = [
    counted(sync.pending, 'reading'),
    ...(sync.set_aside > 0 ? [`${sync.set_aside} refused by the hub for ever`] : []),
    ...(contact.failures > 0 ? [`the hub cannot ask for one now: ${contact.problem ?? 'not said why'}`] : []),
  ]
  lines.push(
    `  Sent   ${ago(sync.at)}: ${counted(sync.readings, 'reading')} since its start, to ${sync.url}`,
    `  Waits  ${waits.join('; ')}`,
  )
  if (sync.all.attempts > 0) lines.push(`  Tries  ${metricsText(sync.last_10)} of late; ${metricsText(sync.all)} in all`)
  if (problem !== undefined) lines.push(`  Readings cannot be kept on disk: ${problem}`)
  if (sync.problem !== undefined) {
    const next = running && sync.next_attempt_at !== undefined ? ` Next try in ${duration(Date.parse(sync.next_attempt_at) - now)}.` : ''
    lines.push(`  Readings cannot be sent: ${sync.problem} ${sync.suggestion ?? ''}`.trimEnd() + next)
  }
  return lines.map(printable)
}

const words: Record<LimitSourceStatus['state'], string> = {
  off: 'off',
  starting: 'starting',
  ok: 'ok',
  waiting: 'nothing yet',
  failing: 'failing',
  needs_login: 'needs login',
}

function sourceLine(
  { name, state, did, at, next, next_attempt_at, failures, error }: LimitSourceStatus,
  running: boolean,
  now: number,
): string {
  const head = `  ${name.padEnd(12)} ${words[state].padEnd(11)}`
  if (state === 'off') return `${head} LIMIT_SOURCES leaves it out`
  const done = did === undefined ? '' : `${did}${at === undefined ? '' : ` ${duration(Math.max(0, now - Date.parse(at)))} ago`}`
  const again = next_attempt_at === undefined ? '' : ` in ${duration(Math.max(0, Date.parse(next_attempt_at) - now))}`
  const wrong = error === undefined ? '' : `${error.category}: ${error.message}${failures > 1 ? ` (${failures} times in a row)` : ''}`
  return [head, [done, wrong, running && next !== undefined ? `${next}${again}` : ''].filter((part) => part !== '').join('; ')]
    .join(' ')
    .trimEnd()
}

function metricsText({ attempts, success_rate, retries, duration_ms }: SyncMetrics): string {
  const rate = success_rate === undefined ? '' : `, ${Math.round(success_rate * 100)} % good`
  const took = duration_ms === undefined ? '' : `, ${duration_ms.min}/${duration_ms.avg}/${duration_ms.max} ms`
  return `${attempts}${rate}, ${counted(retries, 'retry', 'retries')}${took}`
}
