import type { UsageQuery, UsageReport } from '@signalbox/contract/usage'
import { BLOCK_MS, type BlockWindow } from '@signalbox/usage/block'
import { buildReport } from '@signalbox/usage/group'
import type { PriceTable } from '@signalbox/usage/price-table'
import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'
import { parseSince, parseUntil, TimeError, type WeekStart } from '@signalbox/usage/zone'
import { HubError } from '../hub-error.ts'
import type { SliceName, SliceQuery, UsageFilter, UsageStore } from '../store/usage.ts'

export interface ReportDefaults {
  /** IANA name, for requests without one. */
  readonly timezone: string
  readonly weekStart: WeekStart
  readonly prices: PriceTable
}

/** Groups whose rows never split a day of the zone, so they are built from whole days. */
const dayGroups = new Set<UsageQuery['group']>(['day', 'week', 'month', 'project', 'model', 'machine', 'branch'])
const sliceNames = new Set<string>(['session', 'project', 'machine', 'branch'])

/**
 * @param window the open window of the plan, for blocks
 * @throws HubError `validation_error` when since or until is no time, or since is not before until
 */
export async function usageReport(
  store: UsageStore,
  query: UsageQuery,
  defaults: ReportDefaults,
  now: number,
  window?: BlockWindow,
): Promise<UsageReport> {
  const { group, since, until, split } = query
  const timezone = query.timezone ?? defaults.timezone
  const range = readRange(timezone, since, until)
  const slices = await store.slices({
    ...(group === 'block' ? await blockRange(store, range, filterOf(query), window) : range),
    filter: filterOf(query),
    keep: [group, split].filter((name): name is SliceName => name !== undefined && sliceNames.has(name)),
    daysOf: dayGroups.has(group) ? timezone : undefined,
    now,
  })
  return buildReport({
    group,
    timezone,
    weekStart: query.week_start ?? defaults.weekStart,
    slices,
    table: defaults.prices,
    since,
    until,
    now,
    window,
    split: group === 'block' ? undefined : split,
  })
}

export function filterOf(query: Pick<UsageQuery, 'machine_id' | 'project' | 'branch' | 'session_id' | 'model'>): UsageFilter {
  return { machine: query.machine_id, project: query.project, branch: query.branch, session: query.session_id, model: query.model }
}

type Range = Pick<SliceQuery, 'from' | 'to'>

function readRange(timezone: string, since: string | undefined, until: string | undefined): Range {
  const from = since === undefined ? undefined : readTime('since', () => parseSince(timezone, since))
  const to = until === undefined ? undefined : readTime('until', () => parseUntil(timezone, until))
  if (from !== undefined && to !== undefined && from >= to) {
    throw new HubError('validation_error', 'since is not before until', {
      apiCode: 'VALIDATION_OUT_OF_RANGE',
      suggestion: 'Exchange the two; days are inclusive, an instant in until is not.',
      details: { field: 'since' },
    })
  }
  return { from, to }
}

function readTime(field: string, read: () => number): number {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof TimeError)) throw error
    throw new HubError('validation_error', `${field}: ${error.message}`, { apiCode: 'VALIDATION_INVALID_TYPE', details: { field } })
  }
}

/**
 * The start of a block depends on the calls before it, and the last block may end after the requested range. Only the
 * slices at the ends of a measured window are cut, so that every range has the same ones.
 */
async function blockRange(
  store: UsageStore,
  { from, to }: Range,
  filter: UsageFilter,
  window: BlockWindow | undefined,
): Promise<Pick<SliceQuery, 'from' | 'to' | 'cutAt'>> {
  const ends = window === undefined ? [] : [window.resetsAt - BLOCK_MS, window.resetsAt]
  return {
    from: from === undefined ? undefined : await fromBlockStart(store, from, filter, ends[0]),
    to: to === undefined ? undefined : Math.ceil((to + BLOCK_MS) / QUARTER_HOUR_MS) * QUARTER_HOUR_MS,
    cutAt: ends,
  }
}

/** The start of a block before `from`, whose gap may reach into the requested range. */
async function fromBlockStart(
  store: UsageStore,
  from: number,
  filter: UsageFilter,
  windowStart = Number.POSITIVE_INFINITY,
): Promise<number> {
  // A block after the start of the window may begin at any millisecond; the last whole quarter before it is early enough.
  const at = Math.min(from, Math.floor(windowStart / QUARTER_HOUR_MS) * QUARTER_HOUR_MS - 1)
  return (await store.blockStart(at, filter)) ?? Math.floor(at / QUARTER_HOUR_MS) * QUARTER_HOUR_MS
}
