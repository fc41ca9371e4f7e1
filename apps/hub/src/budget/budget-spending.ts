import type { AlertFilter } from '@signalbox/contract/alert-rule-parameters'
import type { Slice } from '@signalbox/usage/slice'
import type { Cost, Range, UsageCosts } from '../alert/usage-costs.ts'
import type { UsageStore } from '../store/usage.ts'

/** What matching calls of a range cost. */
export interface Spending extends Cost {
  ofMachine(machine: string): number
}

const MAX_CACHED_SUMS = 500
/** Names of projects may have changed. In milliseconds. */
const SUM_TTL_MS = 60_000

/** Adds up what machines have spent, and keeps it until calls come: many collectors ask every few seconds. */
export class BudgetSpending {
  readonly #usage: Pick<UsageStore, 'state'>
  readonly #costs: Pick<UsageCosts, 'slices' | 'costOf'>
  readonly #kept = new Map<string, { readonly revision: number; readonly at: number; readonly spending: Promise<Spending> }>()

  constructor(usage: Pick<UsageStore, 'state'>, costs: Pick<UsageCosts, 'slices' | 'costOf'>) {
    this.#usage = usage
    this.#costs = costs
  }

  async of(range: Range, filter: AlertFilter | undefined, now: number): Promise<Spending> {
    const { revision } = await this.#usage.state()
    const key = JSON.stringify([range, filter])
    const kept = this.#kept.get(key)
    if (kept !== undefined && kept.revision === revision && Math.abs(now - kept.at) < SUM_TTL_MS) return kept.spending
    if (this.#kept.size >= MAX_CACHED_SUMS) this.#kept.clear()
    const spending = this.#add(range, filter, now)
    this.#kept.set(key, { revision, at: now, spending })
    spending.catch(() => this.#kept.delete(key))
    return spending
  }

  async #add(range: Range, filter: AlertFilter | undefined, now: number): Promise<Spending> {
    // Slices have their machine only where it is asked for.
    const slices = await this.#costs.slices(range, { ...filter, machine_id: filter?.machine_id ?? ['*'] }, now)
    const machines = new Map<string, number>()
    for (const [machine, own] of Map.groupBy<string, Slice>(slices, (slice) => slice.machine)) {
      machines.set(machine, this.#costs.costOf(own).usd ?? 0)
    }
    return { ...this.#costs.costOf(slices), ofMachine: (machine) => machines.get(machine) ?? 0 }
  }
}
