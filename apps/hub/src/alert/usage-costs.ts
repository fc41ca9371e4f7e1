import type { AlertFilter } from '@signalbox/contract/alert-rule-parameters'
import { matchesAny, matchesFilter } from '@signalbox/usage/name-pattern'
import type { ProjectMap } from '@signalbox/usage/project-map'
import type { Slice } from '@signalbox/usage/slice'
import { addSlice, emptySums, sumUp } from '@signalbox/usage/sums'
import type { SliceName, UsageStore } from '../store/usage.ts'
import type { ProjectMaps } from '../usage/project-maps.ts'
import type { ReportDefaults } from '../usage/report.ts'

/** Instants [from, to) in milliseconds. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** What calls cost at list prices. */
export interface Cost {
  /** What is known, and what is estimated; 0 where there were no calls. Undefined where there are calls, and none has a price. */
  readonly usd: number | undefined
  /** The part of it that is estimated: output of calls that never got their final record. */
  readonly estimated_usd: number
  /** Whether some calls have no price or no final record, so that it cost more. */
  readonly at_least: boolean
}

/** What calls used. */
export interface Spent extends Cost {
  readonly tokens: Readonly<Record<'input' | 'output' | 'cache_write' | 'cache_read', number>>
}

/** A sum is kept for so long at most, in milliseconds: the map of projects may have changed. */
const PAST_TTL_MS = 600_000
const MAX_KEPT_SUMS = 500

/** Adds up what calls cost. A sum is kept until calls come: a budget is asked for every minute, at night too. */
export class UsageCosts {
  readonly #store: UsageStore
  readonly #projects: Pick<ProjectMaps, 'read'>
  readonly #defaults: ReportDefaults
  readonly #sums = new Map<string, { readonly revision: number | undefined; readonly at: number; readonly sum: Promise<unknown> }>()

  constructor(store: UsageStore, projects: Pick<ProjectMaps, 'read'>, defaults: ReportDefaults) {
    this.#store = store
    this.#projects = projects
    this.#defaults = defaults
  }

  async of(range: Range, filter: AlertFilter | undefined, now: number): Promise<Spent> {
    const { revision } = await this.#store.state()
    return this.#keep(JSON.stringify([range, filter]), revision, now, () => this.#add(range, filter, now))
  }

  /** To the quarter hour. */
  async reachedAt(range: Range, filter: AlertFilter | undefined, usd: number, now: number): Promise<number | undefined> {
    return this.#keep(`reached ${JSON.stringify([range, filter, usd])}`, undefined, now, async () => {
      const slices = await this.slices(range, filter, now)
      slices.sort((a, b) => a.first_at - b.first_at)
      let spent = 0
      for (const slice of slices) {
        spent += this.costOf([slice]).usd ?? 0
        if (spent >= usd) return slice.last_at
      }
      return undefined
    })
  }

  ofPast(ranges: readonly Range[], filter: AlertFilter | undefined, now: number): Promise<readonly Cost[]> {
    return this.#keep(JSON.stringify([ranges, filter]), undefined, now, async () => {
      const costs: Cost[] = []
      for (const range of ranges) costs.push(await this.#add(range, filter, now))
      return costs
    })
  }

  firstCallSince(from: number, now: number): Promise<number | undefined> {
    return this.#keep(`first ${from}`, undefined, now, async () => {
      const slices = await this.#store.slices({ from, to: now, filter: {}, keep: [], daysOf: this.#defaults.timezone, now })
      return slices.length === 0 ? undefined : slices.reduce((first, { first_at }) => Math.min(first, first_at), Number.POSITIVE_INFINITY)
    })
  }

  /** The matching slices of a range: of quarter hours. */
  async slices(range: Range, filter: AlertFilter | undefined, now: number): Promise<Slice[]> {
    return this.#read(range, filter, now, undefined)
  }

  costOf(slices: Iterable<Slice>): Spent {
    return costOf(slices, this.#defaults)
  }

  async #add(range: Range, filter: AlertFilter | undefined, now: number): Promise<Spent> {
    return this.costOf(await this.#read(range, filter, now, this.#defaults.timezone))
  }

  async #read({ from, to }: Range, filter: AlertFilter | undefined, now: number, daysOf: string | undefined): Promise<Slice[]> {
    const { project_id, machine_id } = filter ?? {}
    const projects = project_id === undefined ? undefined : await this.#projects.read()
    const keep: SliceName[] = [
      ...(projects === undefined ? [] : ['project' as const]),
      ...(machine_id === undefined && projects?.needsMachine !== true ? [] : ['machine' as const]),
    ]
    const slices = await this.#store.slices({ from, to, filter: {}, keep, daysOf, now })
    return filter === undefined ? slices : slices.filter((slice) => matchesSlice(filter, slice, projects))
  }

  /** @param revision of the store that the sum is of; undefined for a sum that may be old */
  #keep<T>(key: string, revision: number | undefined, now: number, add: () => Promise<T>): Promise<T> {
    const kept = this.#sums.get(key)
    if (kept !== undefined && kept.revision === revision && Math.abs(now - kept.at) < PAST_TTL_MS) return kept.sum as Promise<T>
    const sum = add()
    if (this.#sums.size >= MAX_KEPT_SUMS) this.#sums.clear()
    this.#sums.set(key, { revision, at: now, sum })
    sum.catch(() => this.#sums.delete(key))
    return sum
  }
}

function matchesSlice(filter: AlertFilter, { machine, model, project }: Slice, projects: ProjectMap | undefined): boolean {
  const id = projects?.projectOf(machine, project)
  // People write the last part of a project's id, as they see it on the page.
  const name = id?.split(/[\\/]/).at(-1)
  return (
    matchesFilter({ ...filter, project_id: undefined }, { machine_id: machine, model }) &&
    (matchesAny(filter.project_id, id) || matchesAny(filter.project_id, name))
  )
}

function costOf(slices: Iterable<Slice>, { prices }: ReportDefaults): Spent {
  const sums = emptySums()
  for (const slice of slices) addSlice(sums, prices, slice)
  const used = sumUp(sums)
  const { cost_usd, calls, unpriced_calls, unfinished_calls, estimated_cost_usd } = used
  const estimated_usd = estimated_cost_usd ?? 0
  const isUnknown = cost_usd === null && calls > 0 && estimated_usd === 0
  return {
    usd: isUnknown ? undefined : (cost_usd ?? 0) + estimated_usd,
    estimated_usd,
    tokens: { input: used.input, output: used.output, cache_write: used.write_5m + used.write_1h, cache_read: used.read },
    at_least: unpriced_calls > 0 || (unfinished_calls > 0 && estimated_usd === 0),
  }
}
