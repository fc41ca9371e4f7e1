import { formatDuration } from '@signalbox/contract/duration-text'
import { formatCompact, formatInteger } from '@signalbox/contract/number-text'
import { plural } from '@signalbox/contract/plural'
import { printable } from '@signalbox/contract/printable'
import { describeZone } from '@signalbox/contract/time-zone'
import type { UsageModelRow, UsageReport, UsageRow, UsageSums } from '@signalbox/contract/usage'
import { shortModelName } from '@signalbox/usage/name-form'
import { shortNames } from '@signalbox/usage/project-name'
import { formatCount, formatUsd } from '../format-number.ts'
import { shortIds } from '../short-id.ts'
import { type Line, renderTable, truncate } from '../table.ts'
import type { Style, Terminal } from '../terminal.ts'
import { wrapText } from '../wrap-text.ts'
import { agentTitle } from './agent-title.ts'
import { atLeast, columnsOf, formatCost, replaceHome, type TableContext, type UsageLine } from './columns.ts'

export interface UsageTableOptions extends TableContext {
  /** Adds a line per model below each row. */
  readonly breakdown: boolean
  /** The sums of each agent, where they are not shown otherwise. */
  readonly agents?: readonly UsageRow[]
}

/** A usage report as a table, or one per project, with notes about filters, costs and blocks. */
export function usageTable(report: UsageReport, terminal: Terminal, options: UsageTableOptions): string {
  const { instances } = report
  const projectName = namesOfProjects(instances?.map(({ project }) => project) ?? [])
  const heading = (project: string) => projectHeading(projectName(project), terminal)
  const tables =
    instances === undefined
      ? oneTable(report, terminal, options)
      : instances.map((one) => `${heading(one.project)}\n${oneTable({ ...report, ...one }, terminal, options)}`).join('\n')
  const lines = formatNotes(report, terminal.columns, options).flatMap((note) => wrapText(note, terminal.columns))
  return `${tables}\n${lines.map((line) => `${terminal.style('dim', line)}\n`).join('')}`
}

function projectHeading(project: string, terminal: Terminal): string {
  return terminal.style('bold', truncate(project === '' ? '(none)' : printable(project), terminal.columns, true))
}

/** The short names of the projects of a table. */
function namesOfProjects(ids: readonly string[]): (id: string) => string {
  const short = shortNames(ids)
  const names = new Map(ids.map((id, index) => [id, short[index]!]))
  return (id) => names.get(id) ?? id
}

function oneTable({ group, rows, totals }: UsageReport, terminal: Terminal, options: UsageTableOptions): string {
  const breakdown = options.breakdown && group !== 'model'
  const sessionName = shortIds(rows.flatMap(({ session }) => session ?? []))
  const projectName = namesOfProjects(rows.flatMap(({ project }) => project ?? []))
  const columns = columnsOf(group, { ...options, sessionName, projectName }).filter(({ title }) => !(breakdown && title === 'Models'))
  const body: Line<UsageLine>[] = rows.flatMap((row) => [
    { row: { ...row, row }, style: styleOf(row) },
    ...(breakdown ? row.models.map(modelLine) : []),
  ])
  const total: Line<UsageLine> = { row: { ...totals, models: [], label: () => 'Total' }, style: 'bold', rule: true }
  const totalModels = breakdown ? totals.models.map(modelLine) : []
  return renderTable(columns, [...body, total, ...totalModels], terminal)
}

/** The line of a model, below its row. */
function modelLine(model: UsageModelRow): Line<UsageLine> {
  const suffix = model.not_itemised ? ' (not itemised)' : ''
  return { row: { ...model, label: (compact) => `  ${compact ? shortModelName(model.model) : model.model}${suffix}` }, style: 'dim' }
}

function styleOf(row: UsageRow): Style | undefined {
  return row.is_gap ? 'dim' : row.is_active ? 'bold' : undefined
}

function formatNotes(report: UsageReport, columns: number, options: UsageTableOptions): string[] {
  const { group, rows, timezone, price_table, unpriced, totals, instances } = report
  const notes = [
    ...(instances === undefined ? [] : [formatAll(totals, instances.length, options.withEstimates)]),
    ...formatAgents(options.agents ?? [], options.withEstimates),
    ...formatFilters(report, options),
    `List-price equivalent. Your plan's price is different. Prices of ${price_table.date}, time zone ${describeZone(timezone)}.`,
  ]
  if (group === 'block') {
    const measured = rows.some((row) => row.measured)
    notes.push(
      ...formatBurnRate(rows),
      ...(measured ? ["The active block is measured: it is the plan's 5-hour limit, as read on this machine."] : []),
      `${measured ? 'The other blocks' : 'Blocks'} are estimated: five hours from the UTC hour of the first call.`,
    )
  }
  if (unpriced.length > 0) {
    const calls = formatCount(totals.unpriced_calls, 'call')
    // A name is one word, which is not wrapped; the comma behind it takes a column too.
    const names = unpriced.map((name) => truncate(printable(name), columns - 1)).join(', ')
    notes.push(
      `${calls} of ${names} ${plural(totals.unpriced_calls, 'has no price: its tokens are counted, its', 'have no price: their tokens are counted, their')} cost is not.`,
    )
  }
  if (totals.unfinished_calls > 0) {
    const unfinished = totals.is_whole ? totals.unfinished_calls : countOpen(report)
    const calls = formatCount(unfinished, 'call')
    const whose = plural(unfinished, 'its', 'their')
    const lacking = plural(unfinished, 'it lacks', 'they lack')
    notes.push(
      totals.is_whole
        ? `${calls} never got the final record from Claude Code. What ${lacking} is in what Claude Code has recorded, so the sums are exact.`
        : atLeast({ ...totals, odd_calls: 0 }, options.withEstimates) === '~'
          ? `~: ${calls} never got the final record from Claude Code, so ${whose} output, and with it the cost, is partly estimated.`
          : `≥: ${calls} never got the final record from Claude Code, so ${whose} output, and with it the cost, is at least what is shown.`,
    )
  }
  if (totals.estimated_output !== undefined) notes.push(formatEstimate(report, options))
  if (totals.odd_calls > 0) {
    notes.push(`≥: ${formatCount(totals.odd_calls, 'call')} had a number that is none; it counts as 0.`)
  }
  if (totals.models.some((model) => model.not_itemised)) {
    notes.push('Not itemised: what Claude Code has recorded for a session beyond its calls, such as calls in the background.')
  }
  return notes
}

/** The unfinished calls that make a sum incomplete: sessions whose sums are exact have none. */
function countOpen({ group, rows, totals }: UsageReport): number {
  if (group !== 'session') return totals.unfinished_calls
  return rows.reduce((sum, row) => sum + (row.is_whole ? 0 : row.unfinished_calls), 0)
}

function formatEstimate({ totals, estimate_error: error }: UsageReport, { withEstimates }: UsageTableOptions): string {
  const { estimated_output: output = 0, estimated_cost_usd: cost = null } = totals
  const tokens = `about ${formatCompact(output)} ${plural(output, 'token')} of output${cost === null ? '' : `, ${formatUsd(cost)}`}`
  const where = withEstimates ? 'The sums have these estimates.' : 'The sums do not have them; --with-estimates adds them.'
  return `Estimated more: ${tokens}, from what the answers hold of calls whose output no source has. ${where}${formatError(error)}`
}

function formatError(error: UsageReport['estimate_error']): string {
  if (error === undefined) return ''
  const percent = `${Math.ceil(100 * error.p90)}%`
  if (error.answers === 0) {
    return ` Sums of a hundred calls may be off by up to ${percent}: the worst of nine versions in public transcripts, until enough finished calls of your own are known.`
  }
  return ` Nine of ten sums of a hundred calls are within ${percent}, as measured on ${formatInteger(error.answers)} finished calls of your own.`
}

function formatAll(totals: UsageReport['totals'], projects: number, withEstimates?: boolean): string {
  return `${formatCount(projects, 'project')}: ${formatSums(totals, withEstimates)}.`
}

function formatSums(sums: UsageSums, withEstimates?: boolean): string {
  const tokens = `${atLeast(sums, withEstimates)}${formatCompact(sums.total_tokens)} tokens`
  return `${formatCount(sums.calls, 'call')}, ${tokens}, ${formatCost(sums, withEstimates)}`
}

/** What of the total is whose, where several agents have calls in it. */
function formatAgents(rows: readonly UsageRow[], withEstimates?: boolean): string[] {
  if (rows.length < 2) return []
  return rows.map((row) => `${agentTitle(row.agent ?? '')}: ${formatSums(row, withEstimates)}.`)
}

const filterTitles = {
  project: 'Project',
  folder: 'Folder',
  model: 'Model',
  session_id: 'Session',
  branch: 'Branch',
  machine_id: 'Machine',
  agent: 'Agent',
}

/** What the filters stand for that were written in short. */
function formatFilters({ filters = {} }: UsageReport, { home }: UsageTableOptions): string[] {
  return Object.entries(filters).flatMap(([field, meaning]) => {
    if (meaning === undefined) return []
    const names = meaning.names.map((name) => (name === '' ? '(none)' : printable(replaceHome(name, home))))
    return [`${filterTitles[field as keyof typeof filterTitles]} ${printable(meaning.asked)}: ${names.join(', ')}.`]
  })
}

/** The burn rate of the active block, and its projection. */
function formatBurnRate(rows: readonly UsageRow[]): string[] {
  return rows.flatMap(({ burn_rate, projection }) => {
    if (burn_rate === undefined || projection === undefined) return []
    const { tokens_per_minute, cost_per_minute } = burn_rate
    const rate = `${formatCompact(tokens_per_minute)} tokens per minute${cost_per_minute === null ? '' : `, ${formatUsd(cost_per_minute * 60)} per hour`}`
    const end = `${formatCompact(projection.total_tokens)} ${plural(projection.total_tokens, 'token')}${projection.cost_usd === null ? '' : `, ${formatUsd(projection.cost_usd)}`}`
    return [`Active block: ${formatDuration(projection.remaining_minutes * 60_000)} left. Burn rate: ${rate}. Projected: ${end}.`]
  })
}
