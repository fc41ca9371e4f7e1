import os from 'node:os'
import type { UsageGroup, UsageReport } from '@signalbox/contract/usage'
import { zoneClock } from '@signalbox/usage/zone'
import { Failure, usageError } from '../failure.ts'
import { withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { createTerminal } from '../terminal.ts'
import type { UsageOptions } from './option.ts'
import { BYTE_ORDER_MARK, inOrder } from './print-report.ts'

/** A report of all machines takes a hub longer than other answers. */
const TIMEOUT_MS = 60_000

interface HubQuestion {
  readonly group: UsageGroup
  readonly timezone: string
  readonly weekStart: NonNullable<UsageOptions['startOfWeek']>
  readonly since?: string | undefined
  readonly until?: string | undefined
}

/**
 * Prints a report of the hub, which has the calls of all machines.
 * @throws Failure for options that need the local database, and where a filter means nothing or several things
 */
export async function printHubReport(
  io: Io,
  { group, timezone, weekStart, since, until }: HubQuestion,
  options: UsageOptions,
): Promise<void> {
  const local = (['instances', 'active', 'recent', 'live'] as const).find((name) => options[name] !== undefined)
  if (local !== undefined) throw usageError(`The hub has no --${local}.`, 'Leave --hub, --machine and --person out.')
  const { project, folder, model, branch, agent, machine, person } = options
  const report = await withHub(
    io,
    { ...(options.json === undefined ? {} : { json: options.json }) },
    ({ client }) =>
      client.getUsage({
        group,
        timezone,
        week_start: weekStart,
        ...given({ since, until, project, folder, model, branch, agent, person }),
        ...given({ machine_id: machine, session_id: options.session ?? options.id }),
        ...(options.withEstimates ? { with_estimates: 'true' as const } : {}),
      }),
    { timeout: TIMEOUT_MS },
  )
  await print(io, inOrder(report, options.order), options)
  const unclear = Object.entries(report.filters ?? {}).find(([, meaning]) => meaning?.names.length === 0)
  if (unclear === undefined) return
  const [field, meaning] = unclear
  const { asked, nearest = [] } = meaning!
  throw new Failure(
    `The hub has no calls of the ${field.replace('_id', '')} "${asked}".`,
    nearest.length === 0 ? 'Leave the filter out to see all.' : `Did you mean ${nearest.join(', ')}?`,
  )
}

async function print(io: Io, report: UsageReport, options: UsageOptions): Promise<void> {
  if (options.json) return void io.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  if (options.csv) {
    const { reportCsv } = await import('@signalbox/usage/report-csv')
    return void io.stdout.write(`${options.excel ? BYTE_ORDER_MARK : ''}${reportCsv(report, options.breakdown === true)}`)
  }
  if (report.rows.length === 0) return void io.stdout.write('The hub has no such calls.\n')
  const { usageTable } = await import('./table.ts')
  const context = {
    clock: zoneClock(report.timezone),
    home: os.homedir(),
    breakdown: options.breakdown === true,
    withEstimates: options.withEstimates === true,
  }
  io.stdout.write(usageTable(report, createTerminal(io), context))
}

function given<T extends Readonly<Record<string, string | undefined>>>(fields: T): { [Name in keyof T]?: string } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [Name in keyof T]?: string }
}
