import type { StateTrackingApiClient } from '@signalbox/client'
import { type UsageReport, type UsageSplit, usageQuerySchema } from '@signalbox/contract/usage'
import { z } from 'zod'
import { containsName, matchesName } from './match-name.ts'
import type { Span } from './range.ts'
import { type ToolContext, ToolError } from './tool.ts'

const { project, model, branch } = usageQuerySchema.shape

/** The filters of reports. Names may be written as a person says them. */
export const usageFilterShape = {
  project: project.describe('A project: its id such as github.com/acme/shop, the last part of it, or a folder in it.'),
  model: model.describe('A model, or a part of its name such as "opus".'),
  machine: usageQuerySchema.shape.machine_id.describe('A machine id.'),
  branch: branch.describe('A git branch.'),
  session: usageQuerySchema.shape.session_id.describe('The full id of a session.'),
}
export const usageFilterSchema = z.object(usageFilterShape)
export type UsageFilter = z.output<typeof usageFilterSchema>

/** The most names that one word may stand for; each is a report of its own. */
const MAX_MATCHES = 8

/** The filters of reports that together answer the question; usually one. */
export type HubFilter = Readonly<Partial<Record<'project' | 'model' | 'machine_id' | 'branch' | 'session_id', string>>>

/**
 * Finds the stored names that the words of a filter mean, among those with usage in the span.
 * @throws ToolError when a word means none of them, or too many
 */
export async function resolveFilters(
  client: StateTrackingApiClient,
  { session, machine, ...words }: UsageFilter,
  span: Span & { readonly timezone: string },
  { signal }: ToolContext,
): Promise<HubFilter[]> {
  let filters: HubFilter[] = [session === undefined ? {} : { session_id: session }]
  const named = Object.entries({ ...words, machine }).filter((entry): entry is [UsageSplit, string] => entry[1] !== undefined)
  for (const [dimension, word] of named) {
    const report = await client.getUsage({ ...span, group: dimension }, { signal })
    let names = matchingNames(report, dimension, word)
    // A folder, or the end of an id: the hub knows whose they are.
    if (names.length === 0 && dimension === 'project') {
      names = namesIn(await client.getUsage({ ...span, group: dimension, project: word }, { signal }), dimension)
    }
    if (names.length === 0) throw noUsage(report, dimension, word)
    const field = dimension === 'machine' ? 'machine_id' : dimension
    filters = filters.flatMap((filter) => names.map((name) => ({ ...filter, [field]: name })))
  }
  if (filters.length > MAX_MATCHES) {
    throw new ToolError(`These filters match ${filters.length} combinations of names`, 'Write the full names of fewer of them.')
  }
  return filters
}

function namesIn({ rows }: Pick<UsageReport, 'rows'>, dimension: UsageSplit): string[] {
  // A model may have two rows: its calls, and what is not itemised.
  return [...new Set(rows.flatMap((row) => row[dimension] ?? []))]
}

function matchingNames({ rows, left_out = 0 }: UsageReport, dimension: UsageSplit, word: string): string[] {
  const known = namesIn({ rows }, dimension)
  const exact = known.filter((name) => name === word)
  if (exact.length > 0) return exact
  const matches = known.filter((name) => matchesName(name, word) || (dimension === 'model' && containsName(name, word)))
  // The hub has more names than it lists: this may be one of them.
  return matches.length === 0 && left_out > 0 ? [word] : matches
}

function noUsage(report: UsageReport, dimension: UsageSplit, word: string): ToolError {
  const shown = namesIn(report, dimension)
    .filter((name) => name !== '')
    .slice(0, 20)
  return new ToolError(
    `No usage of a ${dimension} "${word}" in this range`,
    shown.length === 0 ? 'There is no usage at all in this range; try a longer one.' : `With usage: ${shown.join(', ')}.`,
  )
}
