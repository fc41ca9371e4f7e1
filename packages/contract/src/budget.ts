import { z } from 'zod'
import { alertFilterSchema } from './alert-rule-parameters.ts'
import { budgetKinds, isPlanKind } from './budget-kind.ts'
import { route } from './route.ts'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'
import { isTimeZone, zoneExamples } from './time-zone.ts'

export const MAX_BUDGETS = 200
const MAX_AMOUNT_USD = 1_000_000

const amountUsd = z.number().min(0.01).max(MAX_AMOUNT_USD)
const percent = z.number().min(1).max(1000)

const settable = {
  name: identifierSchema(100),
  enabled: z.boolean(),
  /** The hard line of `day`, `week` and `month`, in USD at list price. */
  amount_usd: amountUsd,
  /** The hard line of a plan window, in percent of it, by the newest snapshot. */
  percent,
  /** The soft line, in percent of the hard one: an alert. Null for none. */
  soft_percent: z.number().min(1).max(99).nullable(),
  timezone: z
    .string()
    .max(100)
    .refine(isTimeZone, { error: `must be a time zone: ${zoneExamples}` })
    .nullable(),
  /** Whose calls count: of each field one of the patterns has to match. */
  filter: alertFilterSchema.nullable(),
  /** Of a plan window: the account; null for every account, each by itself. */
  account: identifierSchema(200).nullable(),
}

export const createBudgetSchema = z
  .strictObject({
    name: settable.name,
    kind: z.enum(budgetKinds),
    enabled: settable.enabled.default(true),
    amount_usd: amountUsd.optional(),
    percent: percent.optional(),
    soft_percent: settable.soft_percent.default(80),
    timezone: settable.timezone.default(null),
    filter: settable.filter.default(null),
    account: settable.account.default(null),
  })
  .refine(({ kind, amount_usd, percent: share }) => (isPlanKind(kind) ? share !== undefined : amount_usd !== undefined), {
    error: 'a day, week or month needs amount_usd, and the window of a plan percent',
  })
  .meta({ id: 'CreateBudget', examples: [{ name: 'Shop', kind: 'day' as const, amount_usd: 25, filter: { project_id: ['shop'] } }] })
export type CreateBudget = z.input<typeof createBudgetSchema>

export const changeBudgetSchema = z
  .strictObject(settable)
  .partial()
  .meta({ id: 'ChangeBudget', examples: [{ amount_usd: 40 }] })
export type ChangeBudget = z.input<typeof changeBudgetSchema>

/** Where a budget stands. `unknown`: what was used has no price, or no fresh snapshot says how full the window is; nothing is held. */
export const budgetStates = ['open', 'soft', 'spent', 'unknown', 'off'] as const
export type BudgetState = (typeof budgetStates)[number]

const raiseSchema = z.object({
  /** USD, or percent of a plan window. */
  amount: z.number(),
  at: instant,
  /** The name of the key. */
  by: z.string(),
  via: z.enum(['page', 'key', 'link']),
})

export const heldSessionSchema = z.object({ session_id: z.string(), machine_id: z.string(), held_at: instant })
export type HeldSession = z.infer<typeof heldSessionSchema>

export const budgetSchema = z
  .object({
    budget_id: z.string(),
    name: z.string(),
    kind: z.enum(budgetKinds),
    enabled: z.boolean(),
    amount_usd: z.number().optional(),
    percent: z.number().optional(),
    soft_percent: z.number().optional(),
    timezone: z.string().optional(),
    filter: alertFilterSchema.optional(),
    account: z.string().optional(),
    state: z.enum(budgetStates),
    /** The current period. Absent for a window of which nothing is known. */
    period: z.object({ from: instant, to: instant }).optional(),
    /** The hard line of this period, with what it was raised by: USD, or percent. */
    line: z.number(),
    /** What is used of it. Absent where that is not known. */
    used: z.number().optional(),
    /** How the line of this period was raised, oldest first. */
    raises: z.array(raiseSchema),
    /** The sessions that are held now. */
    held: z.array(heldSessionSchema),
    revision: z.int(),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Budget' })
export type Budget = z.infer<typeof budgetSchema>

/** What one machine may still spend, for `day`, `week` and `month`; and whether a plan window is used up. */
export const budgetLeaseSchema = z.object({
  budget_id: z.string(),
  name: z.string(),
  kind: z.enum(budgetKinds),
  filter: alertFilterSchema.optional(),
  /** Outside of it the lease says nothing. Milliseconds since 1970. */
  from: z.int(),
  to: z.int(),
  /** USD that this machine may spend beyond the calls that the hub has of it; 0 once it is spent. */
  granted_usd: z.number(),
  /** Names this grant: the machine sends it back as long as it holds it. Milliseconds since 1970. */
  granted_at: z.int().optional(),
  /** Whether that is set aside for this machine. Otherwise, another one may be spending it: ask again as soon as it is needed. */
  is_reserved: z.boolean(),
  /** Whether all of the budget is spent. Otherwise other machines have the rest. */
  is_spent: z.boolean(),
  /** The hard line and what is used, for people: USD, or percent of a plan window. */
  line: z.number(),
  used: z.number(),
})
export type BudgetLease = z.infer<typeof budgetLeaseSchema>

export const askLeasesSchema = z
  .strictObject({
    machine_id: identifierSchema(),
    /** The budgets of which this machine has spent something lately: machines that do share what is left. */
    active: z
      .array(
        z.strictObject({
          budget_id: z.string().max(100),
          /** What a call costs at most, as far as is known: less than that is not shared. */
          call_usd: z.number().min(0),
          /** Of the lease that this machine holds: a share that has not arrived there does not count yet. */
          granted_at: z.int().min(0).optional(),
        }),
      )
      .max(MAX_BUDGETS)
      .default([]),
    /** The plan's account of this machine, where it is known. */
    account: identifierSchema(200).optional(),
    /** The sessions that are held on this machine. */
    held: z
      .array(z.strictObject({ budget_id: z.string().max(100), session_id: identifierSchema(200), held_at: z.int().min(0) }))
      .max(1_000)
      .default([]),
  })
  .meta({ id: 'AskBudgetLeases', examples: [{ machine_id: 'laptop', active: [{ budget_id: 'b_3f9a1c20b7d4', call_usd: 0.25 }] }] })
export type AskLeases = z.input<typeof askLeasesSchema>

export const budgetLeasesSchema = z
  .object({
    leases: z.array(budgetLeaseSchema),
    /** Where people go on, for the reason that a held session shows. */
    url: z.string(),
  })
  .meta({ id: 'BudgetLeases' })
export type BudgetLeases = z.infer<typeof budgetLeasesSchema>

export const goOnSchema = z
  .strictObject({
    /** By how much the line of this period is raised: USD, or percent of a plan window. */
    amount: z.number().min(0.01).max(MAX_AMOUNT_USD),
  })
  .meta({ id: 'GoOn', examples: [{ amount: 5 }] })
export type GoOn = z.infer<typeof goOnSchema>

export const budgetLinkSchema = z.object({ url: z.string(), expires_at: instant }).meta({ id: 'BudgetLink' })
export type BudgetLink = z.infer<typeof budgetLinkSchema>

const budgetParams = z.strictObject({ budget_id: z.string().min(1).max(100) })

export const budgetRoutes = {
  list: route({
    method: 'GET',
    path: '/api/budgets',
    access: 'read',
    summary: 'List budgets',
    description: 'With what is used of each, and the sessions that are held. By name.',
    responses: { 200: z.array(budgetSchema) },
  }),
  create: route({
    method: 'POST',
    path: '/api/budgets',
    access: 'admin',
    summary: 'Create a budget',
    description:
      'At the soft line an alert opens, by a rule of the kind `budget` that is made with it. At the hard line sessions of Claude Code are ' +
      'held between two calls, on machines where `signalbox hooks budgets on` was run.',
    body: createBudgetSchema,
    responses: { 201: budgetSchema },
  }),
  read: route({
    method: 'GET',
    path: '/api/budgets/:budget_id',
    access: 'read',
    summary: 'Retrieve a budget',
    params: budgetParams,
    responses: { 200: budgetSchema },
  }),
  change: route({
    method: 'PUT',
    path: '/api/budgets/:budget_id',
    access: 'admin',
    summary: 'Change a budget',
    description: 'Absent properties stay.',
    params: budgetParams,
    body: changeBudgetSchema,
    responses: { 200: budgetSchema },
  }),
  remove: route({
    method: 'DELETE',
    path: '/api/budgets/:budget_id',
    access: 'admin',
    summary: 'Remove a budget',
    description: 'Its alert rule goes with it. Held sessions may go on.',
    params: budgetParams,
    responses: { 204: z.undefined() },
  }),
  goOn: route({
    method: 'POST',
    path: '/api/budgets/:budget_id/go-on',
    access: 'answer',
    summary: 'Let sessions go on',
    description: 'Raises the line of the current period by an amount; the next period has the old line again. Recorded in the audit log.',
    params: budgetParams,
    body: goOnSchema,
    responses: { 200: budgetSchema },
  }),
  link: route({
    method: 'POST',
    path: '/api/budgets/:budget_id/links',
    access: 'answer',
    summary: 'Make a link that lets sessions go on',
    description: 'Anyone who has the link can raise the line of the current period by this amount, once, without a key.',
    params: budgetParams,
    body: goOnSchema,
    responses: { 201: budgetLinkSchema },
  }),
  leases: route({
    method: 'POST',
    path: '/api/budgets/leases',
    access: 'ingest',
    summary: 'Ask what a machine may still spend',
    description:
      'Sent by the collector of a machine where `signalbox hooks budgets on` was run, after it has sent all calls. What machines may spend ' +
      'adds up to what is left. A lease ends with its period, and after ten minutes in which it was not asked for again its rest is free ' +
      'for other machines.',
    body: askLeasesSchema,
    responses: { 200: budgetLeasesSchema },
  }),
}
