import type { StateTrackingApiClient } from '@signalbox/client'
import type { UsageRow } from '@signalbox/contract/usage'
import { localDay } from '@signalbox/usage/zone'

interface BudgetContext {
  readonly client: Pick<StateTrackingApiClient, 'getUsage' | 'createBudget'>
  readonly signal: AbortSignal
  readonly timezone: string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** The project whose budget of the day is nearly used up. */
const BUSY_PROJECT = 'timetable-api'

/** Creates budgets that are far from, near and beyond their lines, by what the demo has used. */
export async function createBudgets({ client, signal, timezone, now }: BudgetContext): Promise<void> {
  const today = localDay(timezone, now())
  const used = async (since: string, group: 'day' | 'project' | 'machine', names: (row: UsageRow) => boolean = () => true) => {
    const { rows } = await client.getUsage({ group, timezone, since }, { signal })
    return rows.filter(names).reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0), 0)
  }
  const ofMonth = await used(`${today.slice(0, 7)}-01`, 'day')
  const ofProject = await used(today, 'project', ({ project }) => project?.endsWith(BUSY_PROJECT) === true)
  const ofRacks = await used(today, 'machine', ({ machine }) => machine?.startsWith('rack-') === true)
  const create = (budget: Parameters<typeof client.createBudget>[0]) => client.createBudget({ timezone, ...budget }, { signal })
  await create({ name: 'All projects', kind: 'month', amount_usd: atLeast(roundUp(ofMonth * 1.7, 50), 50) })
  await create({
    name: 'Timetable',
    kind: 'day',
    amount_usd: atLeast(roundUp(ofProject / 0.86, 1), 2),
    filter: { project_id: [`*${BUSY_PROJECT}`] },
  })
  await create({ name: 'Racks', kind: 'day', amount_usd: atLeast(roundUp(ofRacks * 0.8, 1), 1), filter: { machine_id: ['rack-*'] } })
  await create({ name: 'Weekly limit', kind: 'seven_day', percent: 90 })
}

const atLeast = (amount: number, least: number) => Math.max(amount, least)
const roundUp = (amount: number, step: number) => Math.ceil(amount / step) * step
