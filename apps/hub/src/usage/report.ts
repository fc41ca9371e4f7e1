import { MAX_MINUTES, MAX_REPORT_PARTS, MAX_ROW_PARTS, type UsageQuery, type UsageReport } from '@signalbox/contract/usage'
import { BLOCK_MS, type BlockWindow } from '@signalbox/usage/block'
import { type BuiltReport, startReport } from '@signalbox/usage/group'
import type { PersonMap } from '@signalbox/usage/person-map'
import type { PriceTable } from '@signalbox/usage/price-table'
import { createProjectMap, type ProjectMap, testFolders } from '@signalbox/usage/project-map'
import { QUARTER_HOUR_MS } from '@signalbox/usage/slice'
import { markWholeSessions, unfinishedSessions } from '@signalbox/usage/whole-session'
import { parseSince, parseUntil, TimeError, type WeekStart } from '@signalbox/usage/zone'
import { HubError } from '../hub-error.ts'
import { nextTurn } from '../next-turn.ts'
import type { SliceName, SliceQuery, UsageFilter, UsageStore } from '../store/usage.ts'
import { readReportCursor } from './report-cursor.ts'

/** Whose calls a report is about. */
export interface AskedPersons {
  readonly map: PersonMap
  /** Only calls of these people; of all when absent. */
  readonly only?: readonly string[] | undefined
}

export interface ReportDefaults {
  /** IANA name, for requests without one. */
  readonly timezone: string
  readonly weekStart: WeekStart
  readonly prices: PriceTable
}

/** Groups whose rows never split a day of the zone, so they are built from whole days. */
const dayGroups = new Set<UsageQuery['group']>(['day', 'week', 'month', 'project', 'folder', 'model', 'machine', 'branch', 'agent'])
/** The slices that are added up in a turn of the event loop: others are answered in between. */
const SLICES_PER_TURN = 10_000
/** The names of slices by which a report groups or splits; the projects of folders are found by folder. */
const sliceNames: Readonly<Record<string, SliceName>> = {
  session: 'session',
  project: 'project',
  folder: 'project',
  machine: 'machine',
  person: 'machine',
  branch: 'branch',
}

/**
 * @param window the open window of the plan, for blocks
 * @param projects which project each folder belongs to; by paths alone when absent
 * @param persons whose calls are those of each machine, where the report asks for it
 * @param filter what the filters of the query stand for, where they are not the names themselves
 * @throws HubError `validation_error` when since or until is no time, or since is not before until, or for a cursor of another report
 */
export async function usageReport(
  store: UsageStore,
  query: UsageQuery,
  defaults: ReportDefaults,
  now: number,
  window?: BlockWindow,
  projects: ProjectMap = createProjectMap([]),
  filter: UsageFilter = filterOf(query, projects),
  persons?: AskedPersons,
): Promise<BuiltReport> {
  const { group, since, until, split, limit, cursor } = query
  const after = cursor === undefined ? undefined : readReportCursor(group, cursor)
  const timezone = query.timezone ?? defaults.timezone
  const range = readRange(timezone, since, until)
  const own = persons?.only
  // Where a block of one person begins depends on their calls alone.
  const blocks = () => (own === undefined ? blockRange(store, range, filter, window) : {})
  const read = await store.slices({
    ...(group === 'block' ? await blocks() : group === 'minute' ? minuteRange(range, now) : range),
    filter,
    keep: namesOf(query, projects),
    // In a day of the zone a machine may have changed hands.
    daysOf: dayGroups.has(group) && persons === undefined ? timezone : undefined,
    now,
  })
  const slices = own === undefined ? read : read.filter(({ machine, first_at }) => own.includes(persons!.map.personOf(machine, first_at)))
  const builder = startReport({
    group,
    timezone,
    weekStart: query.week_start ?? defaults.weekStart,
    table: defaults.prices,
    since,
    until,
    now,
    window,
    split: group === 'block' ? undefined : split,
    withEstimates: query.with_estimates === 'true',
    maxRowParts: MAX_ROW_PARTS,
    projects,
    persons: persons?.map,
  })
  for (let begin = 0; begin < slices.length; begin += SLICES_PER_TURN) {
    if (begin > 0) await nextTurn()
    builder.add(slices.slice(begin, begin + SLICES_PER_TURN))
  }
  const built = builder.finish({ limit, maxParts: MAX_REPORT_PARTS, after })
  return { ...built, report: await markWhole(store, built.report, filter) }
}

/** The sessions by which a report may be filtered for its totals to be looked at. */
const MAX_LOOKED_AT = 100

/** Marks the sessions of a report whose sums are exact although calls are unfinished. */
async function markWhole(store: UsageStore, report: UsageReport, { session }: UsageFilter): Promise<UsageReport> {
  const named = session === undefined ? [] : [session].flat()
  const only = named.length === 0 || named.length > MAX_LOOKED_AT ? undefined : named
  if (report.totals.unfinished_calls === 0 || (report.group !== 'session' && only === undefined)) return report
  const asked = report.group === 'session' ? unfinishedSessions(report) : []
  const records = await store.recordsOf([...new Set([...asked, ...(only ?? [])])])
  return markWholeSessions(report, (name) => records.get(name) ?? [], only)
}

/** The filters of a query, as they stand there. A project and a folder have to be an id and a whole path. */
export function filterOf(query: UsageQuery, projects: ProjectMap): UsageFilter {
  const { machine_id: machine, project, folder, branch, session_id: session, model, not_itemised: notItemised } = query
  // Calls of Claude Code have no agent.
  const agent = query.agent === 'claude-code' ? '' : query.agent
  return { machine, folders: testFolders(projects, project, folder), branch, session, model, agent, notItemised }
}

/** The names that the rows of a report have, and those by which their projects are found. */
export function namesOf(
  { group, split, project, person }: Pick<UsageQuery, 'group' | 'split' | 'project' | 'person'>,
  projects: ProjectMap,
): SliceName[] {
  const shown = [group, split, ...(group === 'session' ? (['project', 'branch', 'machine'] as const) : [])]
  const names = new Set(shown.flatMap((name) => (name === undefined ? [] : (sliceNames[name] ?? []))))
  const asksProjects = shown.includes('project') || project !== undefined
  if ((asksProjects && projects.needsMachine) || person !== undefined) names.add('machine')
  return [...names]
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

const MINUTE_MS = 60_000

/**
 * Cuts the slices at each minute; a range without an end goes to now.
 * @throws HubError `validation_error` when there are too many
 */
function minuteRange({ from, to }: Range, now: number): Pick<SliceQuery, 'from' | 'to' | 'cutAt'> {
  const first = from === undefined ? undefined : Math.floor(from / MINUTE_MS) * MINUTE_MS
  const end = to ?? now + MINUTE_MS
  if (first === undefined || end - first > (MAX_MINUTES + 1) * MINUTE_MS) {
    throw new HubError('validation_error', `A report by minute has at most ${MAX_MINUTES} minutes`, {
      apiCode: 'VALIDATION_OUT_OF_RANGE',
      suggestion: 'Name a later instant as since, or group by hour.',
      details: { field: 'since' },
    })
  }
  const cutAt = Array.from({ length: Math.max(0, Math.ceil((end - first) / MINUTE_MS)) }, (_, nth) => first + nth * MINUTE_MS)
  return { from, to, cutAt }
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
