import type { EventType } from '@signalbox/contract/event'
import type { Clock } from '../clock.ts'
import type { EventStore } from '../store/event.ts'
import type { LimitStore } from '../store/limits.ts'
import type { PlanLimits, VersionPosition } from './current.ts'
import { type Plan, type Plans, readPlans } from './plan.ts'
import { readLatest } from './version.ts'

/** Events after which the current limits may be others. */
const changesLimits: ReadonlySet<EventType> = new Set(['limits.snapshot', 'limits.account', 'machine.removed', 'data.deleted'])

/** The current limits of a plan. */
export interface LatestLimits extends PlanLimits {
  /** The version with the newest part of them. */
  readonly base: VersionPosition
  /** The machines of the newest versions, the last one first. */
  readonly machines: readonly string[]
}

/** How long an entry is used without an event that invalidates it: another hub may have removed a version. */
const TTL_MS = 1000
/** Bounds the cache: a client may ask for any account name. */
const MAX_ACCOUNTS = 100

/** The current limits of each plan, merged once for all requests until an event about limits. */
export class CurrentLimitsCache {
  readonly #store: LimitStore
  readonly #clock: Clock
  #plans: { readonly plans: Promise<Plans>; readonly until: number } | undefined
  readonly #entries = new Map<string | undefined, { readonly latest: Promise<LatestLimits | undefined>; readonly until: number }>()
  readonly #stopListening: () => void

  constructor(store: LimitStore, events: Pick<EventStore, 'listen'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
    this.#stopListening = events.listen((published) => {
      if (published.some(({ event }) => changesLimits.has(event))) this.invalidate()
    })
  }

  /** @returns undefined while there is no snapshot */
  of(account: string | undefined): Promise<LatestLimits | undefined> {
    const now = this.#clock.monotonic()
    const cached = this.#entries.get(account)
    if (cached !== undefined && now < cached.until) return cached.latest
    if (this.#entries.size >= MAX_ACCOUNTS) this.#entries.clear()
    const entry = { latest: this.#load(account), until: now + TTL_MS }
    this.#entries.set(account, entry)
    entry.latest.catch(() => {
      if (this.#entries.get(account) === entry) this.#entries.delete(account)
    })
    return entry.latest
  }

  /** Makes every later request read the store anew. */
  invalidate(): void {
    this.#entries.clear()
    this.#plans = undefined
  }

  close(): void {
    this.#stopListening()
  }

  /** All plans, without their limits. */
  plans(): Promise<Plans> {
    const now = this.#clock.monotonic()
    if (this.#plans !== undefined && now < this.#plans.until) return this.#plans.plans
    const entry = { plans: readPlans(this.#store), until: now + TTL_MS }
    this.#plans = entry
    entry.plans.catch(() => {
      if (this.#plans === entry) this.#plans = undefined
    })
    return entry.plans
  }

  /** The current limits of one of `plans`. */
  async ofPlan(plan: Plan): Promise<LatestLimits | undefined> {
    const { inUse } = await this.plans()
    if (plan === inUse[0]) return this.of(undefined)
    return plan.account === undefined ? this.#read(plan, inUse) : this.of(plan.account)
  }

  /**
   * The plan that calls of this machine, or of all, count against: undefined where several are in use and nothing says which.
   */
  async ofUsage(account: string | undefined, machine: string | undefined): Promise<LatestLimits | undefined> {
    if (account !== undefined) return this.of(account)
    const { inUse } = await this.plans()
    if (inUse.length <= 1) return this.of(undefined)
    if (machine === undefined) return undefined
    const all = await Promise.all(inUse.map((plan) => this.ofPlan(plan)))
    const ofMachine = all.filter((latest) => latest?.machines.includes(machine))
    return ofMachine.length === 1 ? ofMachine[0] : undefined
  }

  async #load(account: string | undefined): Promise<LatestLimits | undefined> {
    const { inUse, former } = await this.plans()
    const plan = account === undefined ? inUse[0] : [...inUse, ...former].find((one) => one.account === account)
    return plan && this.#read(plan, inUse)
  }

  async #read(plan: Plan, inUse: readonly Plan[]): Promise<LatestLimits | undefined> {
    const heads = await this.#store.heads(plan.names)
    // Its last version was removed meanwhile.
    if (heads.length === 0) return undefined
    const newestFirst = [...heads].sort((a, b) => b.at - a.at)
    const machines = [...new Set(newestFirst.flatMap(({ body }) => body.machine_id ?? []))]
    return { plan, ...(await readLatest(this.#store, plan, heads)), machines, isOnly: inUse.length <= 1 }
  }
}
