import type { BudgetRecord, BudgetStore } from '../budget.ts'
import type { AuditLog } from './audit.ts'
import type { Connection } from './connection.ts'
import { textId } from './text-id.ts'

interface BudgetDocument {
  _id: string
  revision: number
  /** JSON: names and patterns may contain anything. */
  data: string
}

const budgetOf = ({ data }: BudgetDocument) => JSON.parse(data) as BudgetRecord
const documentOf = (budget: BudgetRecord): BudgetDocument => ({
  _id: textId(budget.budget_id),
  revision: budget.revision,
  data: JSON.stringify(budget),
})

export function budgetStore(connection: Connection, audit: AuditLog): BudgetStore {
  const budgets = connection.collection<BudgetDocument>('budget')
  return {
    list: () => storedBudgets(connection),
    async find(id) {
      const found = await connection.read(() => budgets.findOne({ _id: textId(id) }))
      return found === null ? undefined : budgetOf(found)
    },
    put: (budget, change) =>
      connection.write(() =>
        audit.record(change, async () => {
          const document = documentOf(budget)
          const { _id, revision } = document
          if (revision === 1) return await insert(connection, document)
          return (await budgets.replaceOne({ _id, revision: revision - 1 }, document)).matchedCount === 1
        }),
      ),
    remove: (id, revision, change) =>
      connection.write(() => audit.record(change, async () => (await budgets.deleteOne({ _id: textId(id), revision })).deletedCount === 1)),
  }
}

export async function storedBudgets(connection: Connection): Promise<BudgetRecord[]> {
  const budgets = connection.collection<BudgetDocument>('budget')
  return (await connection.read(() => budgets.find({}, { sort: { _id: 1 } }).toArray())).map(budgetOf)
}

/** For a copy: a budget that the store has already stays. @returns whether it was added */
export function addBudget(connection: Connection, budget: BudgetRecord): Promise<boolean> {
  return insert(connection, documentOf(budget))
}

async function insert(connection: Connection, document: BudgetDocument): Promise<boolean> {
  try {
    await connection.collection<BudgetDocument>('budget').insertOne(document)
    return true
  } catch (error) {
    if (connection.dialect.isDuplicate(error)) return false
    throw error
  }
}
