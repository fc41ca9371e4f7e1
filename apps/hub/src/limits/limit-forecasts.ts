import { setImmediate as nextTurn } from 'node:timers/promises'
import type { WindowKind } from '@signalbox/contract/limit-label'
import {
  FORECAST_PAST_MS,
  FORECAST_PAST_POINTS,
  FORECAST_RECENT_MS,
  FORECAST_RECENT_POINTS,
  type Forecast,
  type ForecastWindow,
} from '@signalbox/usage/limit-forecast'
import { PlanForecaster } from '@signalbox/usage/plan-forecaster'
import type { LimitStore } from '../store/limits.ts'
import { readHistory } from './history.ts'
import type { Plan } from './plan.ts'

/** What was learned is used for so long. */
const LEARNED_TTL_MS = 3_600_000
/** Bounds the memory. */
const MAX_PLANS = 100

interface Learned {
  readonly at: number
  readonly forecaster: Promise<PlanForecaster>
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
    const [forecaster, recent] = await Promise.all([
      this.#forecasterOf(plan, now),
      readHistory(this.#store, { accounts: plan.accounts, since: now - FORECAST_RECENT_MS, until: now, points: FORECAST_RECENT_POINTS }),
    ])
    return forecaster.forecast(windows, recent, now)
  }

  /** The snapshots of the past have changed. */
  forget(): void {
    this.#learned.clear()
  }

  #forecasterOf(plan: Plan, now: number): Promise<PlanForecaster> {
    const key = plan.names.join('\n')
    const known = this.#learned.get(key)
    if (known !== undefined && now >= known.at && now - known.at < LEARNED_TTL_MS) return known.forecaster
    if (this.#learned.size >= MAX_PLANS) this.#learned.clear()
    const entry = { at: now, forecaster: this.#learn(plan, now) }
    this.#learned.set(key, entry)
    entry.forecaster.catch(() => {
      if (this.#learned.get(key) === entry) this.#learned.delete(key)
    })
    return entry.forecaster
  }

  async #learn({ accounts }: Plan, now: number): Promise<PlanForecaster> {
    const read = (kind: WindowKind) =>
      readHistory(this.#store, { accounts, since: now - FORECAST_PAST_MS[kind], until: now, points: FORECAST_PAST_POINTS })
    const weekly = (await read('weekly_all')).filter(({ kind }) => kind !== 'session')
    const session = (await read('session')).filter(({ kind }) => kind === 'session')
    const forecaster = new PlanForecaster()
    // Lets other requests in after each window.
    for (const _ of forecaster.learning([...weekly, ...session], now)) await nextTurn()
    return forecaster
  }
}
