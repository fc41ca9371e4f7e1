import { isDay } from './calendar.ts'
import { type RangeName, rangeNames, type Step, steps } from './range.ts'

export const splits = ['model', 'project', 'machine', 'branch'] as const
export type Split = (typeof splits)[number]

export const measures = ['cost', 'tokens', 'calls'] as const
/** What the height of a bar is. */
export type Measure = (typeof measures)[number]

export const tableGroups = ['time', 'model', 'project', 'session', 'machine', 'branch'] as const
/** What a row of the table is; `time` is the step of the chart. */
export type TableGroup = (typeof tableGroups)[number]

/** What the address of the usage screen can say. Whatever is absent is as usual. */
export interface UsageSearch {
  range?: RangeName
  /** Local days, both included; they win over `range`. */
  since?: string
  until?: string
  step?: Step
  split?: Split
  measure?: Measure
  table?: TableGroup
  /** A column's name, with `-` before it for the largest first. */
  sort?: string
  /** Words that a row's name has. */
  find?: string
  model?: string
  project?: string
  machine?: string
  /** IANA name; the browser's when absent. */
  zone?: string
}

function oneOf<T extends string>(value: unknown, names: readonly T[]): T | undefined {
  return names.find((name) => name === value)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 4096 ? value : undefined
}

function zoneName(value: unknown): string | undefined {
  try {
    return typeof value === 'string' && value !== ''
      ? new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone
      : undefined
  } catch {
    return undefined
  }
}

/** What of an address makes sense; the rest of it is left out, so that an old or mistyped link still opens. */
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
    machine: text(search.machine),
    zone: zoneName(search.zone),
  }
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
}
