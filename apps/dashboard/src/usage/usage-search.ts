import { canonicalZone } from '@signalbox/contract/time-zone'
import { isDay } from './calendar.ts'
import { type RangeName, rangeNames, type Step, steps } from './range.ts'

export const splits = ['model', 'project', 'machine', 'person', 'branch', 'agent'] as const
export type Split = (typeof splits)[number]

export const measures = ['cost', 'tokens', 'calls'] as const
/** Unit of the height of a bar. */
export type Measure = (typeof measures)[number]

export const tableGroups = ['time', 'model', 'project', 'session', 'machine', 'person', 'branch', 'agent'] as const
/** Grouping of the table; `time` uses the step of the chart. */
export type TableGroup = (typeof tableGroups)[number]

/** Whether the sums have calls only, or only what is not itemised. */
export const itemisation = ['without', 'only'] as const

/** Query parameters of the usage screen; absent ones have their defaults. */
export interface UsageSearch {
  range?: RangeName
  /** Local days, both included; they take precedence over `range`. */
  since?: string
  until?: string
  step?: Step
  split?: Split
  measure?: Measure
  table?: TableGroup
  /** A column, prefixed with `-` for descending order. */
  sort?: string
  /** Search text for the names of rows. */
  find?: string
  model?: string
  project?: string
  /** A folder of a project. */
  folder?: string
  machine?: string
  /** By the name of the account, or its id. */
  person?: string
  /** Whether what Claude Code has recorded beyond its calls counts; both when absent. */
  not_itemised?: (typeof itemisation)[number]
  /** Whether the sums have what is estimated of unfinished calls. */
  with_estimates?: true
  /** IANA time zone; defaults to the browser's. */
  zone?: string
}

function oneOf<T extends string>(value: unknown, names: readonly T[]): T | undefined {
  return names.find((name) => name === value)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 4096 ? value : undefined
}

function zoneName(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? canonicalZone(value) : undefined
}

/** Reads the query parameters; invalid ones are dropped, so that an old or mistyped link still opens. */
export function readUsageSearch(search: Record<string, unknown>): UsageSearch {
  const since = isDay(search.since) ? search.since : undefined
  const until = isDay(search.until) && (since === undefined || search.until >= since) ? search.until : undefined
  const read: { [K in keyof UsageSearch]: UsageSearch[K] | undefined } = {
    range: oneOf(search.range, rangeNames),
    since,
    until,
    step: oneOf(search.step, steps),
    split: oneOf(search.split, splits),
    measure: oneOf(search.measure, measures),
    table: oneOf(search.table, tableGroups),
    sort: typeof search.sort === 'string' && /^-?[a-z_]{1,20}$/.test(search.sort) ? search.sort : undefined,
    find: text(search.find),
    model: text(search.model),
    project: text(search.project),
    folder: text(search.folder),
    machine: text(search.machine),
    person: text(search.person),
    not_itemised: oneOf(search.not_itemised, itemisation),
    // The router reads the word as a boolean.
    with_estimates: search.with_estimates === true || search.with_estimates === 'true' ? true : undefined,
    zone: zoneName(search.zone),
  }
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
}
