import fs from 'node:fs'
import path from 'node:path'
import { readSettings } from '@signalbox/contract/setting'
import { withHub } from '../../hub/with-hub.ts'
import type { Io } from '../../io.ts'
import { type Finding, fail } from '../check.ts'
import type { ChecklistItem, Period } from './checklist.ts'
import * as daily from './daily.ts'
import { HubMetrics } from './hub-metrics.ts'
import * as monthly from './monthly.ts'
import * as quarterly from './quarterly.ts'
import * as weekly from './weekly.ts'

/** The items of each checklist, in the order of the report; docs/RUNBOOKS.md has the same. */
const checklists: Readonly<Record<Period, readonly ChecklistItem[]>> = {
  daily: [daily.hub, daily.sessions, daily.collectors, daily.alerts],
  weekly: [weekly.backup, weekly.versions, weekly.requests, weekly.messages],
  monthly: [monthly.keys, monthly.signIns, monthly.database, monthly.prices],
  quarterly: [quarterly.restore, quarterly.oldKeys, quarterly.oldSessions],
}

/**
 * Goes through a checklist of the hub of this machine.
 * @param backups the folder of the backups; DATA_DIR/backups by default
 * @throws Failure when the hub cannot be reached, or its key may not read the metrics
 */
export async function runChecklist(io: Io, period: Period, backups?: string): Promise<Finding[]> {
  return withHub(io, {}, async ({ client, now }) => {
    const metrics = new HubMetrics(await client.getMetrics())
    const context = { io, client, metrics, backups: backups ?? ownBackups(io), now: now() }
    const findings: Finding[] = []
    for (const { about, examine } of checklists[period]) {
      try {
        findings.push(await examine(context, about))
      } catch (error) {
        const { message, suggestion } = error as Error & { suggestion?: string }
        findings.push(fail(about, message, suggestion ?? 'See docs/TROUBLESHOOTING.md.'))
      }
    }
    return findings
  })
}

function ownBackups(io: Io): string | undefined {
  const folder = path.join(readSettings(io.env, ['DATA_DIR']).DATA_DIR, 'backups')
  return fs.existsSync(folder) ? folder : undefined
}
