import { z } from 'zod'
import {
  budgetPeriods,
  MAX_AFTER_MS,
  type ParameterField,
  ruleForms,
  slotScopes,
  waitingChoices,
  windowChoices,
} from './alert-rule-form.ts'
import type { AlertRuleKind } from './alert-rule-kind.ts'
import { identifierSchema } from './text.ts'
import { isTimeZone, zoneExamples } from './time-zone.ts'

/** A text in which `*` stands for any text and `?` for one character; upper and lower case are the same. */
const pattern = identifierSchema(200)
const patterns = z.array(pattern).max(20)

/** Which subjects a rule is about. Of each field one of the patterns has to match; a field that is absent matches all. */
export const alertFilterSchema = z
  .strictObject({ project_id: patterns.min(1).optional(), machine_id: patterns.min(1).optional(), model: patterns.min(1).optional() })
  .meta({ id: 'AlertFilter', examples: [{ project_id: ['shop-*'], machine_id: ['laptop'] }] })
export type AlertFilter = z.infer<typeof alertFilterSchema>

/** Milliseconds for which something has to last. */
const duration = z.int().min(0).max(MAX_AFTER_MS)
const numberOf = ({ min, max }: Pick<ParameterField, 'min' | 'max'>) => z.number().min(min!).max(max!)
const window = z.enum(windowChoices).default('any')
const share = ({ parameters: { percent } }: { readonly parameters: { readonly percent: ParameterField & { readonly default: number } } }) =>
  numberOf(percent).default(percent.default)

const { parameters: ofBudget } = ruleForms.budget
const { parameters: ofAnomaly } = ruleForms.cost_anomaly
const none = z.strictObject({})
const after = ({ parameters: { after_ms } }: { readonly parameters: { readonly after_ms: ParameterField } }) =>
  duration.default(after_ms.default as number)

/** The parameters of each kind of rule, with their defaults. */
export const alertRuleParameters = {
  session_failed: z.strictObject({ reasons: patterns.default([]) }),
  session_stalled: none,
  session_waiting: z.strictObject({ after_ms: after(ruleForms.session_waiting), for: z.enum(waitingChoices).default('any') }),
  session_idle: z.strictObject({ after_ms: after(ruleForms.session_idle) }),
  task_blocked: z.strictObject({ after_ms: after(ruleForms.task_blocked) }),
  task_failed: z.strictObject({ after_ms: after(ruleForms.task_failed) }),
  machine_offline: z.strictObject({ after_ms: after(ruleForms.machine_offline) }),
  no_free_slot: z.strictObject({ after_ms: after(ruleForms.no_free_slot), of: z.enum(slotScopes).default('all') }),
  limit_over: z.strictObject({ percent: share(ruleForms.limit_over), window }),
  limit_runs_out: z.strictObject({ least_ms: duration.default(ruleForms.limit_runs_out.parameters.least_ms.default as number), window }),
  limit_reset: z.strictObject({ percent: share(ruleForms.limit_reset), window }),
  budget: z.strictObject({
    amount_usd: numberOf(ofBudget.amount_usd),
    period: z.enum(budgetPeriods),
    /** Shares of the amount in percent; each is an alert of its own. */
    at: z
      .array(numberOf(ofBudget.at))
      .min(1)
      .max(10)
      .refine((shares) => new Set(shares).size === shares.length, { error: 'must not contain a share twice' })
      .default([...ofBudget.at.default]),
    timezone: z
      .string()
      .max(100)
      .refine(isTimeZone, { error: `must be a time zone: ${zoneExamples}` })
      .optional(),
    /** As the filter of the rule, which may have it as well. */
    filter: alertFilterSchema.optional(),
  }),
  cost_anomaly: z.strictObject({
    least_usd: numberOf(ofAnomaly.least_usd).default(ofAnomaly.least_usd.default),
    filter: alertFilterSchema.optional(),
  }),
  collector_silent: z.strictObject({ after_ms: after(ruleForms.collector_silent) }),
  snapshot_stale: z.strictObject({ after_ms: after(ruleForms.snapshot_stale) }),
  needs_login: none,
  source_failing: z.strictObject({ after_ms: after(ruleForms.source_failing) }),
  hub_paused: none,
  hub_unhealthy: none,
  channel_broken: none,
} as const satisfies Readonly<Record<AlertRuleKind, z.ZodType>>

/** The parameters of a kind of rule, with every default in its place. */
export type AlertRuleParameters<K extends AlertRuleKind = AlertRuleKind> = z.output<(typeof alertRuleParameters)[K]>
