export const statusFilters = ['attention', 'active', 'waiting', 'paused', 'stalled', 'unseen', 'failed', 'completed'] as const
/**
 * `attention`: needs attention, that is waiting, stalled or failed. `waiting`: active, and waiting for permission or input.
 * `unseen`: nothing that observes it is in contact; such a session counts as neither active nor waiting.
 */
export type StatusFilter = (typeof statusFilters)[number]

export const sessionViews = ['board', 'kanban', 'table'] as const
export type SessionViewName = (typeof sessionViews)[number]

export const sessionGroups = ['machine', 'project', 'branch', 'none'] as const
export type SessionGroup = (typeof sessionGroups)[number]

export const sortColumns = ['state', 'project', 'machine', 'model', 'context', 'cost', 'seen', 'started'] as const
export type SortColumn = (typeof sortColumns)[number]
/** A column, prefixed with `-` for descending order. */
export type SessionSort = SortColumn | `-${SortColumn}`

/** The former name of `attention`, which older links still have. */
const FORMER_ATTENTION = 'person'

/** Query parameters of the sessions screen; absent ones have their defaults. */
export interface SessionSearch {
  view?: Exclude<SessionViewName, 'board'>
  group?: SessionGroup
  /** Order of the table; those that need attention first, then the newest, when absent. */
  sort?: SessionSort
  status?: StatusFilter
  machine?: string
  project?: string
  branch?: string
  /** Search text. */
  find?: string
  /** Sessions that ended more than an hour ago, too. */
  ended?: 'all'
  /** Those that were dismissed, too. */
  dismissed?: 'show'
}

/** The parameters that leave sessions out. */
export const filterNames = ['status', 'machine', 'project', 'branch', 'find'] as const satisfies readonly (keyof SessionSearch)[]

export function isFiltered(search: SessionSearch): boolean {
  return filterNames.some((name) => search[name] !== undefined)
}

export function withoutFilters(search: SessionSearch): SessionSearch {
  return Object.fromEntries(Object.entries(search).filter(([name]) => !(filterNames as readonly string[]).includes(name))) as SessionSearch
}

/** The grouping of a view: by machine on the board, none elsewhere. */
export function groupOf({ view, group }: SessionSearch): SessionGroup {
  return group ?? (view === undefined ? 'machine' : 'none')
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 4096 ? value : undefined
}

function oneOf<T extends string>(value: unknown, names: readonly T[]): T | undefined {
  return names.find((name) => name === value)
}

/** Reads the query parameters; invalid ones are dropped, so that an old or mistyped link still opens. */
export function readSessionSearch(search: Record<string, unknown>): SessionSearch {
  const view = oneOf(search.view, ['kanban', 'table'] as const)
  // The board shows the grouping that it has without one.
  const group = oneOf(search.group, view === undefined ? (['project', 'branch'] as const) : sessionGroups.slice(0, 3))
  const read: SessionSearch = {
    view,
    group,
    sort: view === 'table' ? oneOf(search.sort, [...sortColumns, ...sortColumns.map((name) => `-${name}` as const)]) : undefined,
    status: oneOf(search.status === FORMER_ATTENTION ? 'attention' : search.status, statusFilters),
    machine: text(search.machine),
    project: text(search.project),
    branch: text(search.branch),
    find: text(search.find),
    ended: view === 'table' ? oneOf(search.ended, ['all'] as const) : undefined,
    dismissed: oneOf(search.dismissed, ['show'] as const),
  } as SessionSearch
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined)) as SessionSearch
}
