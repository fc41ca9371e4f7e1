import type { BudgetRecord, BudgetStore } from '../budget.ts'
import type { Connection } from './connection.ts'
import type { Writer } from './writer.ts'

export function budgetStore(connection: Connection, writer: Writer): BudgetStore {
  return {
    async list() {
      return storedBudgets(connection)
    },
    async find(id) {
      const found = connection.read(() => connection.rows('SELECT data FROM budget WHERE budget_id = ?').get(id) as [string] | undefined)
      return found === undefined ? undefined : (JSON.parse(found[0]) as BudgetRecord)
    },
    put: (budget, change) => writer.write(change, () => putBudget(connection, budget)),
    remove: (id, revision, change) =>
      writer.write(
        change,
        () => connection.prepare('DELETE FROM budget WHERE budget_id = ? AND revision = ?').run(id, revision).changes === 1,
      ),
  }
}

export function storedBudgets(connection: Connection): BudgetRecord[] {
  const rows = connection.read(() => connection.rows('SELECT data FROM budget ORDER BY budget_id').all() as [string][])
  return rows.map(([data]) => JSON.parse(data) as BudgetRecord)
}

function putBudget(connection: Connection, budget: BudgetRecord): boolean {
  const { budget_id, revision } = budget
  const data = JSON.stringify(budget)
  const { changes } =
    revision === 1
      ? connection.prepare('INSERT INTO budget (budget_id, revision, data) VALUES (?, 1, ?) ON CONFLICT DO NOTHING').run(budget_id, data)
      : connection
          .prepare('UPDATE budget SET revision = ?, data = ? WHERE budget_id = ? AND revision = ?')
          .run(revision, data, budget_id, revision - 1)
  return changes === 1
}

/** For a copy: a budget that the store has already stays. @returns whether it was added */
export function addBudget(connection: Connection, budget: BudgetRecord): boolean {
  const sql = 'INSERT INTO budget (budget_id, revision, data) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'
  return connection.prepare(sql).run(budget.budget_id, budget.revision, JSON.stringify(budget)).changes === 1
}
