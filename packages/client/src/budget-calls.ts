import type { AskLeases, Budget, BudgetLeases, BudgetLink, ChangeBudget, CreateBudget } from '@signalbox/contract/budget'
import type { CallOptions } from './call-options.ts'
import { QuestionCalls } from './question-calls.ts'

const PATH = '/api/budgets'

/** Budgets, added to the calls before. */
export class BudgetCalls extends QuestionCalls {
  /** Scope `read`. */
  getBudget(budgetId: string, { signal }: CallOptions = {}): Promise<Budget> {
    return this.http.send({ method: 'GET', path: `${PATH}/:id`, id: budgetId, signal })
  }

  /** Scope `admin`. */
  createBudget(budget: CreateBudget, { signal }: CallOptions = {}): Promise<Budget> {
    return this.http.send({ method: 'POST', path: PATH, body: budget, signal })
  }

  /** Absent properties stay. Scope `admin`. */
  changeBudget(budgetId: string, change: ChangeBudget, { signal }: CallOptions = {}): Promise<Budget> {
    return this.http.send({ method: 'PUT', path: `${PATH}/:id`, id: budgetId, body: change, signal })
  }

  /** Held sessions may go on. Scope `admin`. */
  removeBudget(budgetId: string, { signal }: CallOptions = {}): Promise<void> {
    return this.http.send({ method: 'DELETE', path: `${PATH}/:id`, id: budgetId, signal })
  }

  /**
   * Raises the line of the current period: USD, or percent of a plan window. Not repeated after a lost response: it may have counted.
   * Scope `answer`.
   */
  goOn(budgetId: string, amount: number, { signal }: CallOptions = {}): Promise<Budget> {
    return this.http.send({ method: 'POST', path: `${PATH}/:id/go-on`, id: budgetId, body: { amount }, retry: false, signal })
  }

  /** A link with which anybody can do that once, without a key. Scope `answer`. */
  createBudgetLink(budgetId: string, amount: number, { signal }: CallOptions = {}): Promise<BudgetLink> {
    return this.http.send({ method: 'POST', path: `${PATH}/:id/links`, id: budgetId, body: { amount }, retry: false, signal })
  }

  /** What a machine may still spend. For collectors. Scope `ingest`. */
  askBudgetLeases(ask: AskLeases, { signal }: CallOptions = {}): Promise<BudgetLeases> {
    return this.http.send({ method: 'POST', path: `${PATH}/leases`, body: ask, retry: false, signal })
  }
}
