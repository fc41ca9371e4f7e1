import { formatDuration } from '@signalbox/contract/duration-text'
import { formatPercent } from '@signalbox/contract/number-text'
import { countOf } from '@signalbox/contract/plural'
import { fail, ok, warn } from '../check.ts'
import type { ChecklistItem } from './checklist.ts'

/** In seconds. */
const MONITOR_LIMIT = 60
const SNAPSHOT_LIMIT = 2 * 3600
const NOTICE_LIMIT = 300
const CERTIFICATE_LIMIT = 14 * 86_400
const FULL_DISK = 0.9

export const hub: ChecklistItem = {
  about: 'Hub',
  examine({ metrics, now }, about) {
    if (metrics.sum('signalbox_store_up') !== 1)
      return fail(about, 'it cannot read or write its database', "See the hub's log, and docs/RUNBOOKS.md.")
    const age = metrics.sum('signalbox_monitor_check_age_seconds') ?? Number.POSITIVE_INFINITY
    if (age > MONITOR_LIMIT)
      return fail(about, `heartbeats were not checked for ${formatDuration(age * 1000)}`, "See the hub's log, and restart it.")
    const disk = metrics.sum('signalbox_disk_used_ratio')
    const end = metrics.lowest('signalbox_certificate_expiry_timestamp_seconds')
    const left = end === undefined ? undefined : end - now / 1000
    const text = `database and monitor work${disk === undefined ? '' : `, disk ${formatPercent(disk * 100)} used`}${describeCertificate(left)}`
    if (left !== undefined && left < CERTIFICATE_LIMIT) {
      const advice = 'Renew TLS_CERT and TLS_KEY, and send the hub SIGHUP: docs/RUNBOOKS.md, "The certificate ends".'
      return left <= 0 ? fail(about, text, advice) : warn(about, text, advice)
    }
    return disk !== undefined && disk > FULL_DISK ? fail(about, text, 'Free space, or move DATA_DIR to a larger disk.') : ok(about, text)
  },
}

/** @param left in seconds, below 0 where it has ended */
function describeCertificate(left: number | undefined): string {
  if (left === undefined) return ''
  return left > 0 ? `, certificate ends in ${formatDuration(left * 1000)}` : `, certificate ended ${formatDuration(-left * 1000)} ago`
}

export const sessions: ChecklistItem = {
  about: 'Sessions',
  examine({ metrics }, about) {
    const count = (status: string) => metrics.sum('signalbox_sessions', { status }) ?? 0
    const waiting = metrics.sum('signalbox_waiting_sessions') ?? 0
    const text = `${count('active')} active, ${waiting} waiting for a person, ${count('stalled')} stalled, ${count('failed')} failed`
    return count('stalled') > 0 ? warn(about, text, 'See them: signalbox sessions list --status stalled') : ok(about, text)
  },
}

export const collectors: ChecklistItem = {
  about: 'Collectors',
  examine({ metrics }, about) {
    const count = (state: string) => metrics.sum('signalbox_collectors', { state }) ?? 0
    const age = metrics.lowest('signalbox_snapshot_age_seconds')
    const limits =
      age === undefined ? 'no snapshot of the plan limits' : `newest snapshot of the plan limits ${formatDuration(age * 1000)} old`
    const text = `${count('connected')} connected, ${count('behind')} behind, ${count('silent')} silent; ${limits}`
    if (count('silent') + count('behind') > 0) return warn(about, text, 'See which: signalbox machines list')
    return age !== undefined && age > SNAPSHOT_LIMIT
      ? warn(about, text, 'See why: signalbox limits, and signalbox collector status on the machine')
      : ok(about, text)
  },
}

export const alerts: ChecklistItem = {
  about: 'Alerts',
  examine({ metrics }, about) {
    const open = metrics.sum('signalbox_alerts', { state: 'open' }) ?? 0
    const broken = metrics.sum('signalbox_channels', { state: 'broken' }) ?? 0
    const channels = metrics.sum('signalbox_channels') ?? 0
    const overdue = metrics.sum('signalbox_oldest_notice_seconds') ?? 0
    const text = `${open} open, ${countOf(channels, 'channel')}${broken === 0 ? '' : `, ${broken} broken`}`
    if (overdue > NOTICE_LIMIT)
      return fail(about, `${text}; a notice is overdue for ${formatDuration(overdue * 1000)}`, "See the hub's log.")
    if (broken > 0) return fail(about, text, 'See which: signalbox channels list')
    return open > 0 ? warn(about, text, 'See them: signalbox alerts list') : ok(about, text)
  },
}
