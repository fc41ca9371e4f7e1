import fs from 'node:fs'
import path from 'node:path'
import { formatDuration } from '@signalbox/contract/duration-text'
import { formatPercent } from '@signalbox/contract/number-text'
import { compareVersions } from '@signalbox/contract/version-order'
import { formatPath } from '../../format-path.ts'
import { fail, ok, warn } from '../check.ts'
import type { ChecklistItem } from './checklist.ts'
import { allRows, someNames } from './rows.ts'

const BACKUP_LIMIT_MS = 36 * 3_600_000
/** Part of the requests, and of the messages. */
const ERROR_LIMIT = 0.01
const MESSAGE_LIMIT = 0.05
const MAKE_ONE = 'Make one each night: signalbox backup --to FOLDER --keep 14 (docs/backup.md)'

export const backup: ChecklistItem = {
  about: 'Backup',
  examine({ backups, now }, about) {
    const newest = backups === undefined ? undefined : newestBackup(backups)
    if (newest === undefined)
      return fail(
        about,
        backups === undefined ? 'none found' : `none in ${formatPath(backups)}`,
        `${MAKE_ONE}. Backups elsewhere: --backups FOLDER`,
      )
    const text = `newest in ${formatPath(newest.folder)}, ${formatDuration(now - newest.at)} old`
    return now - newest.at > BACKUP_LIMIT_MS ? fail(about, text, MAKE_ONE) : ok(about, text)
  },
}

/** The newest backup of a folder, by its manifest. */
export function newestBackup(folder: string): { readonly folder: string; readonly at: number } | undefined {
  const all = fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name, 'manifest.json')
    try {
      const { made_at } = JSON.parse(fs.readFileSync(file, 'utf8')) as { made_at: string }
      return [{ folder: path.dirname(file), at: Date.parse(made_at) }]
    } catch {
      return []
    }
  })
  return all.filter(({ at }) => !Number.isNaN(at)).sort((a, b) => b.at - a.at)[0]
}

export const versions: ChecklistItem = {
  about: 'Versions',
  async examine({ client }, about) {
    const { version } = await client.checkHealth()
    const machines = (await allRows((page, more) => client.listMachines(page, more))).filter(({ collector }) => collector !== undefined)
    const others = machines
      .filter(({ collector }) => collector?.version !== version)
      .map(({ machine_id, collector }) => {
        const its = collector?.version ?? ''
        return `${machine_id} ${its} (${compareVersions(its, version) < 0 ? 'older' : 'newer'})`
      })
    const text = `hub ${version}, ${machines.length - others.length} of ${machines.length} collectors too`
    return others.length === 0
      ? ok(about, text)
      : warn(about, `${text}; others: ${someNames(others)}`, 'Upgrade them: npm install -g signalbox on each machine')
  },
}

export const requests: ChecklistItem = {
  about: 'Requests',
  examine({ metrics }, about) {
    const all = metrics.sum('signalbox_http_request_duration_seconds_count') ?? 0
    const failed = [500, 501, 502, 503, 504].reduce(
      (sum, status) => sum + (metrics.sum('signalbox_http_request_duration_seconds_count', { status: String(status) }) ?? 0),
      0,
    )
    const share = all === 0 ? 0 : failed / all
    const text = `${failed} of ${all} failed in the hub since its start, ${formatPercent(share * 100)}`
    return share > ERROR_LIMIT ? fail(about, text, "See the hub's log for the errors.") : ok(about, text)
  },
}

export const messages: ChecklistItem = {
  about: 'Messages',
  examine({ metrics }, about) {
    const sent = metrics.sum('signalbox_messages_total', { outcome: 'sent' }) ?? 0
    const all = metrics.sum('signalbox_messages_total') ?? 0
    const share = all === 0 ? 0 : 1 - sent / all
    const text = `${all - sent} of ${all} attempts to send a message were not accepted since the start of the hub`
    return share > MESSAGE_LIMIT ? warn(about, text, 'See each channel: signalbox channels list') : ok(about, text)
  },
}
