import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BudgetLease, BudgetLeases } from '@signalbox/contract/budget'
import type { BudgetAnswer, BudgetAsk } from '@signalbox/hub-address/budgets-folder'
import type { Ledger } from '@signalbox/ledger'
import { matchesAny } from '@signalbox/usage/name-pattern'
import { budgetVerdict, isNear, type LeaseState } from './budget-verdict.ts'
import { type HeldLease, isCurrent, isMoney } from './held-lease.ts'
import { holdReason } from './hold-reason.ts'
import { type LocalSpending, localSpending } from './local-spending.ts'
import { Passes } from './passes.ts'
import { waitForToolRow } from './tool-row.ts'

/** While a verdict depends on other sessions or machines, a session waits for so long, and then goes on. In milliseconds. */
const MAX_WAIT_MS = 120_000
const RECHECK_MS = 150
/** The hub counts as reachable for so long after an answer, in milliseconds. */
const HUB_NEAR_MS = 15_000
const DAY_MS = 86_400_000

export interface HeldHere {
  readonly budget_id: string
  readonly session_id: string
  readonly held_at: number
}

export interface BudgetKeeperOptions {
  readonly ledger: Pick<Ledger, 'report' | 'refresh' | 'outbox'>
  readonly machineId: string
  readonly now: () => number
  /** There are other held sessions than before, or a budget came near its line. */
  readonly changed: () => void
}

/** What this machine may spend, and whether a session may go on: all from its own database, whether the hub is there or not. */
export class BudgetKeeper {
  readonly #options: BudgetKeeperOptions
  readonly #passes = new Passes()
  /** What the largest call of each budget cost, as far as it could be seen, in USD. */
  readonly #largest = new Map<string, { readonly seen: LocalSpending; readonly usd: number }>()
  readonly #held = new Map<string, HeldHere>()
  #leases: readonly HeldLease[] = []
  #url = ''
  #answeredAt = Number.NEGATIVE_INFINITY
  /** One decision at a time: each has to know whom the one before has let through. */
  #queue: Promise<unknown> = Promise.resolve()

  constructor(options: BudgetKeeperOptions) {
    this.#options = options
  }

  get leases(): readonly HeldLease[] {
    return this.#leases
  }

  get url(): string {
    return this.#url
  }

  /** Takes the leases that a collector before this one had. */
  restore(leases: readonly HeldLease[], url: string): void {
    this.#leases = leases
    this.#url = url
  }

  /** The sessions that are held by a budget which is still spent. */
  held(): HeldHere[] {
    const states = this.#states()
    for (const [session, { budget_id }] of this.#held) {
      const state = states.find(({ lease }) => lease.budget_id === budget_id)
      if (state === undefined || budgetVerdict(state) === 'go') this.#held.delete(session)
    }
    return [...this.#held.values()]
  }

  /**
   * Asks the hub for leases, once all calls were sent that this machine knows of: the hub's sums and its own must be about the same calls.
   * @returns false where calls came in between: then it is to be asked again
   */
  async renew(ask: () => Promise<BudgetLeases>, isLastAttempt: boolean): Promise<boolean> {
    const { ledger, now } = this.#options
    const wasSent = ledger.outbox.pending() === 0
    const before = this.#totalCalls()
    const { leases, url } = await ask().catch((error: unknown) => {
      this.#answeredAt = Number.NEGATIVE_INFINITY
      throw error
    })
    this.#url = url
    this.#answeredAt = now()
    const own = leases.filter(({ filter }) => matchesAny(filter?.machine_id, this.#options.machineId))
    if (!wasSent || (this.#totalCalls() !== before && !isLastAttempt)) {
      // Only what people have changed is taken: a budget that is new, was raised, or is gone.
      this.#leases = own.map((lease) => this.#merge(lease))
      return false
    }
    this.#leases = own.map((lease) => ({ ...lease, base_usd: isMoney(lease) ? localSpending(ledger, lease).usd : 0 }))
    return true
  }

  /** The budgets of which this machine has spent something since an instant. */
  activeSince(since: number): { readonly budget_id: string; readonly call_usd: number; readonly granted_at?: number }[] {
    const { ledger, now } = this.#options
    return this.#leases
      .filter((lease) => isMoney(lease) && isCurrent(lease, now()))
      .filter((lease) => localSpending(ledger, { ...lease, from: Math.max(lease.from, since) }).calls > 0)
      .map((lease) => ({
        budget_id: lease.budget_id,
        call_usd: this.#noteLargest(lease, localSpending(ledger, lease)),
        ...(lease.granted_at === undefined ? {} : { granted_at: lease.granted_at }),
      }))
  }

  /** Whether a budget is so near its line that hooks have to ask. */
  isNear(): boolean {
    return this.#states().some((state) => isNear(state, state.calls))
  }

  /** Decides whether the next call of a session may begin. */
  async decide(ask: BudgetAsk, signal: AbortSignal): Promise<BudgetAnswer> {
    const { ledger, now } = this.#options
    const key = `${ask.session_id}/${ask.agent_id ?? ''}`
    const startedAt = now()
    await waitForToolRow(ask, signal)
    this.#passes.remove(key)
    for (;;) {
      const decided = await this.#inTurn(async (): Promise<BudgetAnswer | undefined> => {
        await ledger.refresh({ roots: [path.dirname(ask.transcript_path)], signal })
        return this.#decideNow(ask, key, now() - startedAt > MAX_WAIT_MS)
      })
      if (decided !== undefined || signal.aborted) return decided ?? { verdict: 'go' }
      await sleep(RECHECK_MS, undefined, { signal }).catch(() => {})
    }
  }

  #decideNow({ session_id }: BudgetAsk, key: string, isOverdue: boolean): BudgetAnswer | undefined {
    const at = this.#options.now()
    let isWaiting = false
    for (const state of this.#states(key)) {
      if (isMoney(state.lease) && localSpending(this.#options.ledger, state.lease, session_id).calls === 0) continue
      const verdict = budgetVerdict(state)
      if (verdict === 'wait') isWaiting = true
      if (verdict !== 'hold') continue
      const { budget_id } = state.lease
      this.#held.set(session_id, this.#held.get(session_id) ?? { budget_id, session_id, held_at: at })
      this.#options.changed()
      return { verdict: 'hold', reason: holdReason(state.lease, state.spentUsd, this.#url) }
    }
    if (isWaiting && !isOverdue) {
      this.#options.changed()
      return undefined
    }
    if (this.#held.delete(session_id)) this.#options.changed()
    this.#passes.add(key, { session: session_id, calls: this.#callsOf(session_id), at })
    return { verdict: 'go' }
  }

  /** @param key of the session that asks */
  #states(key?: string): (LeaseState & { readonly calls: number })[] {
    const { ledger, now } = this.#options
    const at = now()
    const isHubNear = at - this.#answeredAt < HUB_NEAR_MS
    const current = this.#leases.filter((lease) => isCurrent(lease, at))
    const others = key === undefined ? [] : this.#passes.others(key, (session) => this.#callsOf(session), at)
    return current.map((lease) => {
      if (!isMoney(lease)) return { lease, spentUsd: 0, calls: 0, inFlight: 0, largestCallUsd: 0, isHubNear }
      const { usd, calls } = localSpending(ledger, lease)
      const inFlight = others.filter((session) => localSpending(ledger, lease, session).calls > 0).length
      return { lease, spentUsd: usd, calls, inFlight, largestCallUsd: this.#noteLargest(lease, { usd, calls }), isHubNear }
    })
  }

  #noteLargest({ budget_id, from }: BudgetLease, now: LocalSpending): number {
    const id = `${budget_id} ${from}`
    const known = this.#largest.get(id)
    const [newCalls, newUsd] = [now.calls - (known?.seen.calls ?? 0), now.usd - (known?.seen.usd ?? 0)]
    const usd = Math.max(known?.usd ?? 0, newCalls > 0 ? newUsd / newCalls : 0)
    this.#largest.set(id, { seen: now, usd })
    return usd
  }

  /** A lease whose sums may be of other calls than those known here: what it allows more or less than before is still true. */
  #merge(lease: BudgetLease): HeldLease {
    const known = this.#leases.find(({ budget_id, from }) => budget_id === lease.budget_id && from === lease.from)
    if (!isMoney(lease)) return { ...lease, base_usd: 0 }
    if (known === undefined) return { ...lease, base_usd: localSpending(this.#options.ledger, lease).usd, is_reserved: false }
    return { ...known, name: lease.name, line: lease.line, granted_usd: known.granted_usd + Math.max(0, lease.line - known.line) }
  }

  #callsOf(session: string): number {
    // Not of all time: a session of months would be added up before each of its calls.
    const since = new Date((Math.floor(this.#options.now() / DAY_MS) - 1) * DAY_MS).toISOString()
    return this.#options.ledger.report({ group: 'session', timezone: 'UTC', since, filters: { session } }).totals.calls
  }

  #totalCalls(): number {
    return this.#options.ledger.report({ group: 'month', timezone: 'UTC', since: new Date(this.#options.now() - DAY_MS).toISOString() })
      .totals.calls
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#queue.then(work, work)
    this.#queue = next.catch(() => {})
    return next
  }
}
