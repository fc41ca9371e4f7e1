import { InvalidArgumentError } from 'commander'
import type { HubOptions } from '../hub/with-hub.ts'

export interface BudgetFilterOptions extends HubOptions {
  readonly project?: readonly string[]
  readonly machine?: readonly string[]
  readonly model?: readonly string[]
  readonly account?: string
  readonly timezone?: string
  readonly soft?: number
}

export interface BudgetAddOptions extends BudgetFilterOptions {
  readonly day?: number
  readonly week?: number
  readonly month?: number
  readonly fiveHour?: number
  readonly sevenDay?: number
}

export interface BudgetChangeOptions extends BudgetFilterOptions {
  readonly amount?: number
  readonly name?: string
  readonly on?: true
  readonly off?: true
}

export function amountOption(text: string): number {
  const amount = Number(text.replace(/^\$/, ''))
  if (text === '' || !Number.isFinite(amount) || amount < 0.01) throw new InvalidArgumentError('It must be a number such as 5 or 12.50.')
  return amount
}

export function percentOption(text: string): number {
  const percent = Number(text.replace(/%$/, ''))
  if (text === '' || !Number.isFinite(percent) || percent < 0 || percent > 1000) {
    throw new InvalidArgumentError('It must be a number of percent such as 80.')
  }
  return percent
}
