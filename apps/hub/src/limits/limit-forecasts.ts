import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LimitHistory } from '@signalbox/contract/limit-history'
import type { WindowKind } from '@signalbox/contract/limit-label'
import {
  FORECAST_PAST_MS,
  FORECAST_RECENT_MS,
  type Forecast,
  type ForecastWindow,
  findSeriesPoints,
  LimitForecaster,
} from '@signalbox/usage/limit-forecast'
import type { LimitStore } from '../store/limits.ts'
import { readHistory } from './history.ts'
import type { Plan } from './plan.ts'

/** Enough for the course of every window. */
const PAST_POINTS = 5_000
const RECENT_POINTS = 300
/** What was learned is used for so long. */
const LEARNED_TTL_MS = 3_600_000
/** Bounds the memory. */
const MAX_PLANS = 100

interface Learned {
  readonly at: number
  readonly forecasters: Promise<ReadonlyMap<string, LimitForecaster>>
}

/** Forecasts the windows of plans. It learns from the history of each once an hour. */
export class LimitForecasts {
  readonly #store: LimitStore
  readonly #learned = new Map<string, Learned>()

  constructor(store: LimitStore) {
    this.#store = store
  }

  /** In the order of the windows. */
  async of(plan: Plan, windows: readonly ForecastWindow[], now: number): Promise<Forecast[]> {
    if (windows.length === 0) return []
    const [forecasters, recent] = await Promise.all([
      this.#forecastersOf(plan, now),
      readHistory(this.#store, { accounts: plan.accounts, since: now - FORECAST_RECENT_MS, until: now, points: RECENT_POINTS }),
    ])
    return windows.map((window) => {
      const forecaster = forecasters.get(keyOf(window)) ?? new LimitForecaster(window.kind)
      return forecaster.forecast(window, findSeriesPoints(window, recent), now)
    })
  }

  /** The snapshots of the past have changed. */
  forget(): void {
    this.#learned.clear()
  }

  #forecastersOf(plan: Plan, now: number): Promise<ReadonlyMap<string, LimitForecaster>> {
    const key = plan.names.join('\n')
    const known = this.#learned.get(key)
    if (known !== undefined && now >= known.at && now - known.at < LEARNED_TTL_MS) return known.forecasters
    if (this.#learned.size >= MAX_PLANS) this.#learned.clear()
    const entry = { at: now, forecasters: this.#learn(plan, now) }
    this.#learned.set(key, entry)
    entry.forecasters.catch(() => {
      if (this.#learned.get(key) === entry) this.#learned.delete(key)
    })
    return entry.forecasters
  }

  async #learn({ accounts }: Plan, now: number): Promise<ReadonlyMap<string, LimitForecaster>> {
    const read = (kind: WindowKind) =>
      readHistory(this.#store, { accounts, since: now - FORECAST_PAST_MS[kind], until: now, points: PAST_POINTS })
    const weekly = (await read('weekly_all')).filter(({ kind }) => kind !== 'session')
    const session = (await read('session')).filter(({ kind }) => kind === 'session')
    const forecasters = new Map<string, LimitForecaster>()
    for (const series of [...weekly, ...session]) forecasters.set(keyOf(series), await learned(series, now))
    return forecasters
  }
}

/** Lets other requests in after each window. */
async function learned({ kind, points }: LimitHistory['series'][number], now: number): Promise<LimitForecaster> {
  const forecaster = new LimitForecaster(kind)
  for (const _ of forecaster.learning(points, now)) await nextTurn()
  return forecaster
}

function keyOf({ kind, label }: Pick<ForecastWindow, 'kind' | 'label'>): string {
  return kind === 'weekly_scoped' ? `${kind} ${label.toLowerCase()}` : kind
}
