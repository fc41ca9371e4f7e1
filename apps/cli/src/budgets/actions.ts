import type { Budget, BudgetKind, ChangeBudget, CreateBudget } from '@signalbox/client'
import { isPlanKind } from '@signalbox/contract/budget-kind'
import { printable } from '@signalbox/contract/printable'
import { requirePerson } from '../answer/find-question.ts'
import { Failure, usageError } from '../failure.ts'
import { printCreated, printOutcome } from '../hub/print-result.ts'
import { type Hub, type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { amountText, kindNames } from './amount-text.ts'
import type { BudgetAddOptions, BudgetChangeOptions, BudgetFilterOptions } from './budget-options.ts'

const kinds = { day: 'day', week: 'week', month: 'month', fiveHour: 'five_hour', sevenDay: 'seven_day' } as const

export async function add(io: Io, name: string, options: BudgetAddOptions): Promise<void> {
  requirePerson(io)
  const given = Object.entries(kinds).flatMap(([option, kind]): [BudgetKind, number][] => {
    const amount = options[option as keyof typeof kinds]
    return amount === undefined ? [] : [[kind, amount]]
  })
  const [first] = given
  if (first === undefined || given.length > 1) {
    throw usageError('a budget has one hard line.', 'Give one of --day, --week, --month, --five-hour and --seven-day.')
  }
  const [kind, amount] = first
  const budget: CreateBudget = { name, kind, ...lineOf(kind, amount), ...fieldsOf(options) }
  await withHub(io, options, async ({ client }) => {
    const made = await client.createBudget(budget)
    printCreated(io, options.json, made, made.budget_id, `Budget ${printable(name)}: sessions are held at ${amountText(kind, made.line)}.`)
  })
}

export async function change(io: Io, id: string, options: BudgetChangeOptions): Promise<void> {
  requirePerson(io)
  const { amount, name, on, off } = options
  if (on && off) throw usageError('a budget is on or off.', 'Give one of --on and --off.')
  await withHub(io, options, async (hub) => {
    const { budget_id, kind } = await findBudget(hub, id)
    const changed: ChangeBudget = {
      ...fieldsOf(options),
      ...(amount === undefined ? {} : lineOf(kind, amount)),
      ...(name === undefined ? {} : { name }),
      ...(on ? { enabled: true } : off ? { enabled: false } : {}),
    }
    const made = await hub.client.changeBudget(budget_id, changed)
    printOutcome(io, options.json, made, `Budget ${printable(made.name)}: ${amountText(kind, made.line)}${made.enabled ? '' : ', off'}.`)
  })
}

export async function remove(io: Io, id: string, options: HubOptions): Promise<void> {
  requirePerson(io)
  await withHub(io, options, async (hub) => {
    const { budget_id, name } = await findBudget(hub, id)
    await hub.client.removeBudget(budget_id)
    printOutcome(io, options.json, { budget_id }, `Budget ${printable(name)} removed. Held sessions may go on.`)
  })
}

export async function goOn(io: Io, id: string, amount: number, options: HubOptions): Promise<void> {
  requirePerson(io)
  await withHub(io, options, async (hub) => {
    const { budget_id, kind } = await findBudget(hub, id)
    const raised = await hub.client.goOn(budget_id, amount)
    const until = raised.period === undefined ? '' : ` until ${raised.period.to.slice(0, 16).replace('T', ' ')} UTC`
    printOutcome(
      io,
      options.json,
      raised,
      `Budget ${printable(raised.name)}: the line is ${amountText(kind, raised.line)}${until}. In held sessions, type "go on".`,
    )
  })
}

export async function link(io: Io, id: string, amount: number, options: HubOptions): Promise<void> {
  requirePerson(io)
  await withHub(io, options, async (hub) => {
    const { budget_id, kind, name } = await findBudget(hub, id)
    const made = await hub.client.createBudgetLink(budget_id, amount)
    const what = `Anyone who has this link can raise ${printable(name)} by ${amountText(kind, amount)}, once.`
    printCreated(io, options.json, made, made.url, what)
  })
}

/** @throws Failure when no budget, or several, are called so */
async function findBudget({ client }: Hub, asked: string): Promise<Budget> {
  const budgets = await client.listBudgets()
  const byId = budgets.find(({ budget_id }) => budget_id === asked)
  const byName = budgets.filter(({ name }) => name.toLowerCase() === asked.toLowerCase())
  const found = byId ?? (byName.length === 1 ? byName[0] : undefined)
  if (found !== undefined) return found
  if (byName.length > 1) {
    const ids = byName.map(({ budget_id, kind, line }) => `${budget_id} (${kindNames[kind]}, ${amountText(kind, line)})`).join(', ')
    throw new Failure(`several budgets are called ${asked}.`, `Give the id of one: ${ids}.`)
  }
  const names = budgets.map(({ name }) => printable(name)).join(', ')
  throw new Failure(`there is no budget ${asked}.`, names === '' ? 'To make one: signalbox budgets add' : `There are: ${names}.`)
}

function lineOf(kind: BudgetKind, amount: number): { amount_usd: number } | { percent: number } {
  return isPlanKind(kind) ? { percent: amount } : { amount_usd: amount }
}

function fieldsOf({ project, machine, model, account, timezone, soft }: BudgetFilterOptions) {
  const filter = {
    ...(project === undefined ? {} : { project_id: [...project] }),
    ...(machine === undefined ? {} : { machine_id: [...machine] }),
    ...(model === undefined ? {} : { model: [...model] }),
  }
  return {
    ...(Object.keys(filter).length === 0 ? {} : { filter }),
    ...(account === undefined ? {} : { account }),
    ...(timezone === undefined ? {} : { timezone }),
    ...(soft === undefined ? {} : { soft_percent: soft === 0 ? null : soft }),
  }
}
