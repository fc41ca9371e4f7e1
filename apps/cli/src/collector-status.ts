import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { CollectorStatus } from '@signalbox/contract/collector'
import { formatDuration } from '@signalbox/contract/duration-text'
import { formatCount } from './format-number.ts'
import type { Io } from './io.ts'

/** A running collector writes its status file at least every 30 s. */
const STATUS_FRESH_MS = 100_000

/** The last status written by this machine's collector, and whether it still runs. @returns undefined when none ever ran */
export function readCollectorStatus({ now, system }: Io, dataDir: string): (CollectorStatus & { readonly running: boolean }) | undefined {
  let status: CollectorStatus
  try {
    status = JSON.parse(readFileSync(path.join(dataDir, 'collector.json'), 'utf8')) as CollectorStatus
  } catch {
    return undefined
  }
  const running = status.state !== 'stopped' && now() - Date.parse(status.updated_at) < STATUS_FRESH_MS && system.isRunning(status.pid)
  return { ...status, running }
}

/** What the collector knows of sessions, as lines; none of a collector that does not watch them. */
export function formatSessions({ sessions }: CollectorStatus, running: boolean, now: number): string[] {
  if (sessions === undefined) return []
  const { alive, versions, pending, sent, problem, watching } = sessions
  const last = sent.at === undefined ? 'nothing sent yet' : `last sent ${formatDuration(now - Date.parse(sent.at))} ago`
  const facts = [
    `Sessions ${formatCount(alive, 'session')} of Claude Code alive`,
    versions.length === 0 ? '' : ` (${versions.join(', ')})`,
    `, ${last}`,
    pending === 0 ? '' : `, ${formatCount(pending, 'observation')} queued`,
    watching ? '' : '; polling, because the system reports no file changes',
  ]
  const lines = [facts.join('')]
  if (problem !== undefined) lines.push(`Sessions cannot be observed: ${problem}`)
  if (sent.problem !== undefined) {
    const next = sent.next_attempt_at === undefined ? '' : ` Next attempt in ${formatDuration(Date.parse(sent.next_attempt_at) - now)}.`
    lines.push(`Observations cannot be sent: ${sent.problem} ${sent.suggestion ?? ''}${running ? next : ''}`.trimEnd())
  }
  return lines
}
