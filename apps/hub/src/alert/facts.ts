import type { AlertFilter } from '@signalbox/contract/alert-rule-parameters'
import type { ChannelKindName } from '@signalbox/contract/channel-kind'
import type { LimitHistory } from '@signalbox/contract/limit-history'
import { forecastWindows } from '@signalbox/usage/forecast-window'
import type { Forecast, ForecastWindow } from '@signalbox/usage/limit-forecast'
import type { WeekStart } from '@signalbox/usage/zone'
import type { CurrentLimitsCache } from '../limits/current-limits-cache.ts'
import { readHistory } from '../limits/history.ts'
import type { LimitForecasts } from '../limits/limit-forecasts.ts'
import type { Plan } from '../limits/plan.ts'
import type { MachineRecord } from '../state/machine-record.ts'
import { type WatchedSession, watchedSession } from '../state/watched-session.ts'
import type { CollectorRecord } from '../store/collector.ts'
import type { Store } from '../store/store.ts'
import type { TaskOfSession } from '../store/task.ts'
import type { ProjectMaps } from '../usage/project-maps.ts'
import type { ReportDefaults } from '../usage/report.ts'
import { fullSince, sourceStateSince } from './fact-history.ts'
import { type MonitorPause, readPause } from './monitor-pause.ts'
import { type Cost, type Range, type Spent, UsageCosts } from './usage-costs.ts'

/** What failed longer ago than this is no alert any more: sessions and tasks stay failed for ever. In milliseconds. */
export const FAILED_FOR_MS = 3 * 86_400_000
/** Asked singly up to so many sessions; with more, all are read at once. */
const MAX_SINGLE_READS = 20
/** More machines than any hub has. */
const MAX_MACHINES = 1_000_000
/** In which resets are looked for. */
const HISTORY_MS = 25 * 3_600_000
const HISTORY_POINTS = 300

/** The plan limits of an account that is in use. */
export interface PlanFacts {
  /** Empty where snapshots name none. */
  readonly account: string
  /** What people call it; undefined where there is only one. */
  readonly name: string | undefined
  readonly windows: readonly ForecastWindow[]
  /** When the newest snapshot was captured, in milliseconds. */
  readonly updatedAt: number
  /** The series of the last day. */
  series(): Promise<LimitHistory['series']>
  /** How one of the windows goes on. */
  forecast(window: ForecastWindow): Promise<Forecast>
}

/** How the hub itself does; what is absent is well, or not known. Instants are milliseconds. */
export interface HubHealth {
  /** Why the store cannot be written, and since when. */
  readonly store?: { readonly problem: string; readonly since: number } | undefined
  /** The disk of the data folder: the share that is used, 0–1, and since when it has been nearly full. */
  readonly disk?: { readonly used: number; readonly since: number } | undefined
  /** Since when the event loop has been late by more than a second, each time it was measured. */
  readonly slow_since?: number | undefined
  /** Why the JSON files cannot be written. */
  readonly mirror?: { readonly problem: string; readonly since: number } | undefined
  /** When the oldest notice was due that waits for a channel which is well. */
  readonly oldest_notice_at?: number | undefined
}

/** A channel, as far as rules ask. Instants are milliseconds. */
export interface ChannelFacts {
  readonly channel_id: string
  readonly kind: ChannelKindName
  readonly name: string
  readonly state: 'ok' | 'failing' | 'broken' | 'off'
  readonly state_since: number
  /** Since when nothing gets through; absent while the last attempt was accepted. */
  readonly failing_since?: number | undefined
  readonly reason?: string | undefined
}

/**
 * What a rule may ask, for one judgement: each answer is read once, and the same for all rules and subjects of it.
 * A method throws what the store throws; then nothing is known.
 */
export interface Facts {
  /** The hub's zone, for rules without one. */
  readonly timezone: string
  readonly weekStart: WeekStart
  /** The grace period of the monitor, while there is one: heartbeats were missed, so silence says nothing. */
  pause(): Promise<MonitorPause | undefined>
  /** Any session. */
  session(id: string): Promise<WatchedSession | undefined>
  /** Those that are live, and those that failed lately. */
  sessions(): Promise<ReadonlyMap<string, WatchedSession>>
  task(id: string): Promise<TaskOfSession | undefined>
  /** Those that are blocked or failed, of sessions that are live or ended lately. */
  tasks(): Promise<ReadonlyMap<string, TaskOfSession>>
  machines(): Promise<ReadonlyMap<string, MachineRecord>>
  /** The health that collectors report with their snapshots. */
  collectors(): Promise<readonly CollectorRecord[]>
  /** Since when a source of a machine has had the state that it has. */
  sourceSince(machineId: string, source: string): Promise<number | undefined>
  /** Since when the slots of these machines are taken as they are. */
  fullSince(machineIds: readonly string[]): Promise<number>
  limits(): Promise<readonly PlanFacts[]>
  /** What the calls in a range cost that match a filter. */
  cost(range: Range, filter: AlertFilter | undefined): Promise<Cost>
  /** About when the calls of a range had cost so much; undefined where they have not. */
  reachedAt(range: Range, filter: AlertFilter | undefined, usd: number): Promise<number | undefined>
  /** The same as `cost` for ranges in the past, which hardly change: an answer may be ten minutes old. */
  pastCosts(ranges: readonly Range[], filter: AlertFilter | undefined): Promise<readonly Cost[]>
  /** The instant of the first call since another instant; undefined where there is none. */
  firstCallSince(from: number): Promise<number | undefined>
  hub(): Promise<HubHealth>
  channels(): Promise<readonly ChannelFacts[]>
}

export interface FactsOptions {
  readonly store: Store
  readonly currentLimits: Pick<CurrentLimitsCache, 'plans' | 'ofPlan'>
  readonly forecasts: Pick<LimitForecasts, 'of'>
  readonly projects: Pick<ProjectMaps, 'read'>
  readonly defaults: ReportDefaults
  readonly hub: () => Promise<HubHealth>
  readonly channels: () => Promise<readonly ChannelFacts[]>
}

/** Opens the facts of each judgement. What is dear to add up and has not changed, it keeps from one judgement to the next. */
export class FactsSource {
  readonly #options: FactsOptions
  readonly #costs: UsageCosts

  constructor(options: FactsOptions) {
    this.#options = options
    this.#costs = new UsageCosts(options.store.usage, options.projects, options.defaults)
  }

  at(now: number): Facts {
    return new StoreFacts(this.#options, this.#costs, now)
  }

  /** What the calls in a range used, as cheap as `cost`. */
  spent(range: Range, now: number): Promise<Spent> {
    return this.#costs.of(range, undefined, now)
  }

  /** What the matching calls of each quarter hour of a range cost, and the first of these calls. */
  async quarterCosts(
    range: Range,
    filter: AlertFilter | undefined,
    now: number,
  ): Promise<{ usd: ReadonlyMap<number, number>; first: number | undefined }> {
    const slices = await this.#costs.slices(range, filter, now)
    const usd = new Map<number, number>()
    for (const [quarter, ofQuarter] of Map.groupBy(slices, (slice) => slice.quarter))
      usd.set(quarter, this.#costs.costOf(ofQuarter).usd ?? 0)
    return { usd, first: await this.#costs.firstCallSince(range.from, now) }
  }
}

class StoreFacts implements Facts {
  readonly #options: FactsOptions
  readonly #costs: UsageCosts
  readonly #now: number
  readonly #answers = new Map<string, Promise<unknown>>()
  #singleReads = 0

  constructor(options: FactsOptions, costs: UsageCosts, now: number) {
    this.#options = options
    this.#costs = costs
    this.#now = now
  }

  get timezone(): string {
    return this.#options.defaults.timezone
  }

  get weekStart(): WeekStart {
    return this.#options.defaults.weekStart
  }

  pause(): Promise<MonitorPause | undefined> {
    return this.#once('pause', () => readPause(this.#options.store.events, this.#now))
  }

  async session(id: string): Promise<WatchedSession | undefined> {
    if (this.#answers.has('sessions') || ++this.#singleReads > MAX_SINGLE_READS) {
      const found = (await this.sessions()).get(id)
      if (found !== undefined) return found
    }
    return this.#once(`session ${id}`, async () => {
      const record = await this.#options.store.sessions.find(id)
      return record && watchedSession(record)
    })
  }

  sessions(): Promise<ReadonlyMap<string, WatchedSession>> {
    return this.#once('sessions', async () => {
      const found = await this.#options.store.sessions.watched({ failedSince: this.#now - FAILED_FOR_MS })
      return new Map(found.map((session) => [session.session_id, session]))
    })
  }

  async task(id: string): Promise<TaskOfSession | undefined> {
    const known = this.#answers.has('tasks') ? (await this.tasks()).get(id) : undefined
    if (known !== undefined) return known
    return this.#once(`task ${id}`, async () => {
      const task = await this.#options.store.tasks.find(id)
      const session = task && (await this.session(task.session_id))
      return task && session && { task, machine_id: session.machine_id, session_status: session.status }
    })
  }

  tasks(): Promise<ReadonlyMap<string, TaskOfSession>> {
    return this.#once('tasks', async () => {
      const found = await this.#options.store.tasks.unresolved({ endedSince: this.#now - FAILED_FOR_MS })
      return new Map(found.map((one) => [one.task.task_id, one]))
    })
  }

  machines(): Promise<ReadonlyMap<string, MachineRecord>> {
    return this.#once('machines', async () => {
      const { rows } = await this.#options.store.machines.list({ limit: MAX_MACHINES, offset: 0 })
      return new Map(rows.map((machine) => [machine.machine_id, machine]))
    })
  }

  collectors(): Promise<readonly CollectorRecord[]> {
    return this.#once('collectors', () => this.#options.store.limits.collectors())
  }

  sourceSince(machineId: string, source: string): Promise<number | undefined> {
    return this.#once(`source ${machineId}\n${source}`, () => sourceStateSince(this.#options.store.events, machineId, source))
  }

  fullSince(machineIds: readonly string[]): Promise<number> {
    return this.#once(`full ${machineIds.join('\n')}`, async () => {
      const [sessions, machines] = await Promise.all([this.sessions(), this.machines()])
      return fullSince(this.#options.store.events, machineIds, sessions.values(), machines)
    })
  }

  limits(): Promise<readonly PlanFacts[]> {
    return this.#once('limits', async () => {
      const { inUse } = await this.#options.currentLimits.plans()
      const all = await Promise.all(inUse.map((plan) => this.#planFacts(plan, inUse.length === 1)))
      return all.filter((plan) => plan !== undefined)
    })
  }

  async #planFacts(plan: Plan, isOnly: boolean): Promise<PlanFacts | undefined> {
    const latest = await this.#options.currentLimits.ofPlan(plan)
    if (latest === undefined) return undefined
    const account = plan.account ?? ''
    const now = this.#now
    const windows = forecastWindows(latest.limits, now)
    return {
      account,
      name: isOnly ? plan.name : (plan.name ?? plan.account),
      windows,
      updatedAt: Date.parse(latest.limits.lastUpdated),
      series: () =>
        this.#once(`series ${account}`, () =>
          readHistory(this.#options.store.limits, { accounts: plan.accounts, since: now - HISTORY_MS, until: now, points: HISTORY_POINTS }),
        ),
      forecast: async (window) => {
        const all = await this.#once(`forecasts ${account}`, () => this.#options.forecasts.of(plan, windows, now))
        return all[windows.indexOf(window)] ?? { kind: 'unknown' }
      },
    }
  }

  cost(range: Range, filter: AlertFilter | undefined): Promise<Cost> {
    return this.#once(`cost ${JSON.stringify([range, filter])}`, () => this.#costs.of(range, filter, this.#now))
  }

  reachedAt(range: Range, filter: AlertFilter | undefined, usd: number): Promise<number | undefined> {
    return this.#once(`reached ${JSON.stringify([range, filter, usd])}`, () => this.#costs.reachedAt(range, filter, usd, this.#now))
  }

  pastCosts(ranges: readonly Range[], filter: AlertFilter | undefined): Promise<readonly Cost[]> {
    return this.#once(`past ${JSON.stringify([ranges, filter])}`, () => this.#costs.ofPast(ranges, filter, this.#now))
  }

  firstCallSince(from: number): Promise<number | undefined> {
    return this.#once(`first ${from}`, () => this.#costs.firstCallSince(from, this.#now))
  }

  hub(): Promise<HubHealth> {
    return this.#once('hub', () => this.#options.hub())
  }

  channels(): Promise<readonly ChannelFacts[]> {
    return this.#once('channels', () => this.#options.channels())
  }

  #once<T>(question: string, read: () => Promise<T>): Promise<T> {
    let answer = this.#answers.get(question) as Promise<T> | undefined
    if (answer === undefined) {
      answer = read()
      this.#answers.set(question, answer)
    }
    return answer
  }
}
