import type { AlertFilter } from '@signalbox/contract/alert-rule-parameters'
import type { BudgetKind } from '@signalbox/contract/budget-kind'
import type { Change } from './change.ts'

/** What a machine may spend in a period. Instants are milliseconds. */
export interface GrantRecord {
  readonly machine_id: string
  /** USD, beyond what it had spent: what is set aside, as long as the machine may still hold it. */
  readonly granted_usd: number
  /** What it was answered last, where that is less and it is not known whether it has arrived. */
  readonly answered_usd?: number | undefined
  /** What it had spent in the period when that was granted, as far as the hub knew. */
  readonly spent_usd: number
  readonly at: number
}

/** How the line of one period was raised. */
export interface RaiseRecord {
  /** Of a request with an idempotency key: a repeated one is a no-op. */
  readonly id?: string | undefined
  /** The start of the period, in milliseconds. */
  readonly period: number
  /** USD, or percent of a plan window. */
  readonly amount: number
  readonly at: number
  /** The name of the key. */
  readonly by: string
  readonly via: 'page' | 'key' | 'link'
}

/** Instants are milliseconds. */
export interface BudgetRecord {
  readonly budget_id: string
  readonly name: string
  readonly kind: BudgetKind
  readonly enabled: boolean
  readonly amount_usd?: number | undefined
  readonly percent?: number | undefined
  readonly soft_percent?: number | undefined
  readonly timezone?: string | undefined
  readonly filter?: AlertFilter | undefined
  readonly account?: string | undefined
  /** Of the current and former periods; the oldest are dropped. */
  readonly raises: readonly RaiseRecord[]
  /** Of the current period. */
  readonly grants: readonly GrantRecord[]
  /** The period of the grants, in milliseconds. */
  readonly granted_for?: number | undefined
  readonly created_at: number
  readonly updated_at: number
  readonly revision: number
}

export interface BudgetStore {
  list(): Promise<BudgetRecord[]>
  find(id: string): Promise<BudgetRecord | undefined>
  /** Writes a budget if the store has the revision before; revision 1 if it has none. @returns whether it was written */
  put(budget: BudgetRecord, change: Change): Promise<boolean>
  /** @returns whether it was there, at this revision */
  remove(id: string, revision: number, change: Change): Promise<boolean>
}
