import type { AskLeases, Budget, BudgetLease, HeldSession } from '@signalbox/contract/budget'
import type { WeekStart } from '@signalbox/usage/zone'
import type { Facts } from '../alert/facts.ts'
import type { Range } from '../alert/usage-costs.ts'
import { instantOf } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { NewAuditEntry } from '../store/audit-entry.ts'
import type { BudgetRecord, BudgetStore, RaiseRecord } from '../store/budget.ts'
import { compareAndSet, lost } from '../store/compare-and-set.ts'
import { isSpent, lineOf, raisesOf, stateOf, withRaise } from './budget-line.ts'
import { moneyPeriod, windowUse } from './budget-period.ts'
import type { BudgetSpending, Spending } from './budget-spending.ts'
import { GRANT_TTL_MS, grantFor } from './grant.ts'
import type { HeldSessions } from './held-sessions.ts'

/** Attempts of a change: every machine that asks what it may spend changes a budget. */
const MAX_ATTEMPTS = 50
/** A grant that did not change is written again after this time, so that it does not end. */
const GRANT_RENEWAL_MS = GRANT_TTL_MS / 4

export interface BudgetsOptions {
  readonly store: BudgetStore
  readonly spending: BudgetSpending
  readonly facts: (now: number) => Pick<Facts, 'limits'>
  readonly held: HeldSessions
  readonly hub: { readonly timezone: string; readonly weekStart: WeekStart }
}

/** What is used of a budget in its current period. */
interface Use {
  readonly period: Range | undefined
  readonly line: number
  /** Undefined where it is not known. */
  readonly used: number | undefined
  readonly spending: Spending | undefined
}

/** What budgets say now, and what machines may still spend. */
export class Budgets {
  readonly #options: BudgetsOptions

  constructor(options: BudgetsOptions) {
    this.#options = options
  }

  async find(id: string): Promise<BudgetRecord> {
    const budget = await this.#options.store.find(id)
    if (budget !== undefined) return budget
    throw new HubError('not_found', `There is no budget ${id}`, { suggestion: 'GET /api/budgets lists the budgets there are.' })
  }

  async list(now: number): Promise<Budget[]> {
    const budgets = await this.#options.store.list()
    budgets.sort((a, b) => a.name.localeCompare(b.name) || a.budget_id.localeCompare(b.budget_id))
    const heldOf = await this.#options.held.read(now)
    return Promise.all(budgets.map((budget) => this.show(budget, now, heldOf)))
  }

  /** @param known the sessions that are held, where they are known already */
  async show(budget: BudgetRecord, now: number, known?: (budget: string) => HeldSession[]): Promise<Budget> {
    const heldOf = known ?? (await this.#options.held.read(now))
    const { period, line, used } = await this.#useOf(budget, now)
    const { budget_id, name, kind, enabled, amount_usd, percent, soft_percent, timezone, filter, account, revision } = budget
    return {
      budget_id,
      name,
      kind,
      enabled,
      amount_usd,
      percent,
      soft_percent,
      timezone,
      filter,
      account,
      state: stateOf(budget, line, used),
      ...(period === undefined ? {} : { period: { from: instantOf(period.from), to: instantOf(period.to) } }),
      line,
      ...(used === undefined ? {} : { used }),
      raises: raisesOf(budget.raises, period?.from).map(({ amount, at, by, via }) => ({ amount, at: instantOf(at), by, via })),
      held: heldOf(budget_id),
      revision,
      created_at: instantOf(budget.created_at),
      updated_at: instantOf(budget.updated_at),
    }
  }

  /** What a machine may spend of each budget. Nothing is said of a budget of which nothing is known: no session is held by it. */
  async leases(ask: AskLeases, now: number): Promise<BudgetLease[]> {
    const budgets = (await this.#options.store.list()).filter(({ enabled }) => enabled)
    return (await Promise.all(budgets.map((budget) => this.#lease(budget, ask, now)))).filter((lease) => lease !== undefined)
  }

  /**
   * Raises the line of the current period.
   * @param expected raises of this period that the caller knows of, where another raise makes this one void
   * @throws HubError `conflict` when nothing is known of the period, or there are other raises than expected
   */
  async raise(
    id: string,
    raise: Pick<RaiseRecord, 'id' | 'amount' | 'by' | 'via'>,
    options: { readonly now: number; readonly audit: (raised: BudgetRecord) => NewAuditEntry; readonly expected?: RaiseCount },
  ): Promise<BudgetRecord> {
    const { now, audit, expected } = options
    const known = await this.find(id)
    if (raise.id !== undefined && known.raises.some((one) => one.id === raise.id)) return known
    return this.change(
      id,
      async (budget) => {
        const { period } = await this.#useOf(budget, now)
        if (period === undefined) {
          throw new HubError('conflict', 'No fresh snapshot says how full the window is, so nothing is held', { suggestion: 'Go on.' })
        }
        const current = { period: period.from, count: raisesOf(budget.raises, period.from).length }
        if (expected !== undefined && (expected.period !== current.period || expected.count !== current.count)) {
          throw new HubError('conflict', 'It was used already, or the period is over', { suggestion: 'Make another link.' })
        }
        return { ...budget, raises: withRaise(budget.raises, { ...raise, period: period.from, at: now }) }
      },
      { now, audit },
    )
  }

  /** The raises of the current period, for a link that is void after the next one. */
  async raiseCount(budget: BudgetRecord, now: number): Promise<RaiseCount & { readonly until: number }> {
    const { period } = await this.#useOf(budget, now)
    if (period === undefined) throw new HubError('conflict', 'No fresh snapshot says how full the window is, so nothing is held')
    return { period: period.from, count: raisesOf(budget.raises, period.from).length, until: period.to }
  }

  async change(
    id: string,
    apply: (budget: BudgetRecord) => BudgetRecord | Promise<BudgetRecord>,
    { now, audit }: { readonly now: number; readonly audit?: ((changed: BudgetRecord) => NewAuditEntry) | undefined },
  ): Promise<BudgetRecord> {
    const written = await compareAndSet(async () => {
      const budget = await this.find(id)
      const next = { ...(await apply(budget)), revision: budget.revision + 1 }
      const entry = audit && ((done: unknown) => (done === true ? audit(next) : undefined))
      return (await this.#options.store.put(next, { now, audit: entry })) ? next : lost
    }, MAX_ATTEMPTS)
    if (written !== lost) return written
    throw new HubError('conflict', `The budget ${id} is being changed by others`, { suggestion: 'Try again.' })
  }

  /** @param machine the account of the machine that asks: a window of another one is none of its business */
  async #useOf(budget: BudgetRecord, now: number, machine?: { readonly account: string | undefined }): Promise<Use> {
    const period = moneyPeriod(budget, this.#options.hub, now)
    if (period === undefined) {
      const plans = await this.#options.facts(now).limits()
      // Of a machine that does not know its account, only where there is one.
      const isOwn = (account: string) =>
        machine === undefined || (machine.account === undefined ? plans.length === 1 : machine.account === account)
      const window = windowUse(
        budget,
        plans.filter(({ account }) => isOwn(account)),
        now,
      )
      return { period: window?.period, line: lineOf(budget, window?.period.from), used: window?.percent, spending: undefined }
    }
    const spending = await this.#options.spending.of(period, budget.filter, now)
    return { period, line: lineOf(budget, period.from), used: spending.usd, spending }
  }

  async #lease(budget: BudgetRecord, { machine_id, active = [], account }: AskLeases, now: number): Promise<BudgetLease | undefined> {
    const { period, line, used, spending } = await this.#useOf(budget, now, { account })
    if (period === undefined || used === undefined) return undefined
    const { budget_id, name, kind, filter } = budget
    const fields = { budget_id, name, kind, filter, ...period, is_spent: isSpent(line, used), line, used }
    if (spending === undefined) return { ...fields, granted_usd: 0, is_reserved: true }
    const ofPeriod = ({ granted_for, grants }: BudgetRecord) => (granted_for === period.from ? grants : [])
    let granted_usd = 0
    const own = active.find((one) => one.budget_id === budget_id)
    const grant = (current: BudgetRecord): BudgetRecord => {
      const asked = {
        machine_id,
        call_usd: own?.call_usd,
        held_at: own?.granted_at,
        line: lineOf(current, period.from),
        spent: used,
        spentOf: spending.ofMachine,
        now,
      }
      const { grants, ...answer } = grantFor({ ...asked, grants: ofPeriod(current) })
      granted_usd = answer.granted_usd
      return { ...current, grants, granted_for: period.from }
    }
    const known = ofPeriod(budget).find((one) => one.machine_id === machine_id)
    const isNew = this.#isNew(grant(budget), ofPeriod(budget), machine_id, now)
    if (isNew) await this.change(budget_id, grant, { now })
    const granted_at = own === undefined ? undefined : isNew ? now : known?.at
    return { ...fields, granted_usd, ...(granted_at === undefined ? {} : { granted_at }), is_reserved: own !== undefined }
  }

  /** Whether grants are to be written: others than before, or ones that would end soon. */
  #isNew({ grants }: BudgetRecord, before: BudgetRecord['grants'], machine: string, now: number): boolean {
    if (grants.length !== before.length) return true
    const [own, known] = [grants, before].map((list) => list.find(({ machine_id }) => machine_id === machine))
    if (own === undefined || known === undefined) return own !== known
    return (
      own.granted_usd !== known.granted_usd ||
      own.answered_usd !== known.answered_usd ||
      own.spent_usd !== known.spent_usd ||
      now - known.at > GRANT_RENEWAL_MS
    )
  }
}

/** Which raise of a period comes next. */
export interface RaiseCount {
  /** Milliseconds. */
  readonly period: number
  readonly count: number
}
