import { z } from 'zod'
import { alertAboutSchema, alertSeveritySchema, alertValuesSchema, snoozeSchema } from './alert.ts'
import { alertRuleKinds } from './alert-rule-kind.ts'
import { route } from './route.ts'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

export const MAX_ALERT_RULES = 500
/** The longest time of a rule: a year. */
const MAX_MS = 366 * 86_400_000
const milliseconds = z.int().min(0).max(MAX_MS)

/** `default` came with the hub, `file` is from ALERTS_FILE and cannot be changed here. */
export const alertSources = ['default', 'user', 'file'] as const

/** All channels, also those that are added later, or these; an empty list is none: the alert is on the page only. */
export const ruleChannelsSchema = z.union([z.literal('all'), z.array(z.string().min(1).max(200)).max(100)])

const patterns = z.array(identifierSchema()).min(1).max(20)

/** Names with `*` for any part of them. What a subject does not have matches no filter. */
export const ruleFilterSchema = z.strictObject({
  project_id: patterns.optional(),
  machine_id: patterns.optional(),
  model: patterns.optional(),
})
export type AlertRuleFilter = z.infer<typeof ruleFilterSchema>

const escalationSchema = z.array(z.strictObject({ after_ms: z.int().min(1_000).max(MAX_MS), channels: ruleChannelsSchema })).max(5)

export const alertRuleSchema = z
  .object({
    rule_id: z.string(),
    kind: z.enum(alertRuleKinds),
    name: z.string(),
    /** See `alert-rule-parameters.ts`; each kind has its own. */
    parameters: z.record(z.string(), z.unknown()),
    filter: ruleFilterSchema,
    /** Absent: as the kind says. */
    severity: alertSeveritySchema.optional(),
    channels: ruleChannelsSchema,
    /** It must hold so long before the alert opens. */
    for_ms: z.int(),
    /** It must be clear so long before the alert closes. */
    clear_ms: z.int(),
    /** A reminder so often while the alert is open and not acknowledged; absent: none. */
    repeat_ms: z.int().optional(),
    /** More channels, so long after the opening while the alert is not acknowledged. */
    escalate: z.array(z.object({ after_ms: z.int(), channels: ruleChannelsSchema })),
    /** Whether the channels that got the opening get the end as well. */
    recovery: z.boolean(),
    enabled: z.boolean(),
    /** Its messages are held until then. */
    snoozed_until: instant.optional(),
    source: z.enum(alertSources),
    created_at: instant,
    updated_at: instant,
    /** Incremented by every change; sent as the `ETag`. */
    revision: z.int(),
  })
  .meta({
    id: 'AlertRule',
    examples: [
      {
        rule_id: 'limit_over',
        kind: 'limit_over',
        name: 'Limit over 80 %',
        parameters: { percent: 80, window: 'any' },
        filter: {},
        channels: 'all',
        for_ms: 0,
        clear_ms: 60000,
        escalate: [],
        recovery: true,
        enabled: true,
        source: 'default',
        created_at: '2026-10-06T09:12:00.000Z',
        updated_at: '2026-10-06T09:12:00.000Z',
        revision: 1,
      },
    ],
  })
export type AlertRule = z.infer<typeof alertRuleSchema>

const settable = {
  name: identifierSchema(100),
  parameters: z.record(z.string().max(100), z.unknown()),
  filter: ruleFilterSchema,
  /** Null: as the kind says. */
  severity: alertSeveritySchema.nullable(),
  channels: ruleChannelsSchema,
  for_ms: milliseconds,
  clear_ms: milliseconds,
  /** Null: no reminders. */
  repeat_ms: z.int().min(60_000).max(MAX_MS).nullable(),
  escalate: escalationSchema,
  recovery: z.boolean(),
  enabled: z.boolean(),
}

export const DEFAULT_CLEAR_MS = 60_000

export const createAlertRuleSchema = z
  .strictObject({
    kind: z.enum(alertRuleKinds),
    name: settable.name.optional(),
    parameters: settable.parameters.default({}),
    filter: settable.filter.default({}),
    severity: settable.severity.default(null),
    channels: settable.channels.default('all'),
    for_ms: settable.for_ms.default(0),
    clear_ms: settable.clear_ms.default(DEFAULT_CLEAR_MS),
    repeat_ms: settable.repeat_ms.default(null),
    escalate: settable.escalate.default([]),
    recovery: settable.recovery.default(true),
    enabled: settable.enabled.default(true),
  })
  .meta({ id: 'CreateAlertRule', examples: [{ kind: 'limit_over', parameters: { percent: 90 } }] })
export type CreateAlertRule = z.input<typeof createAlertRuleSchema>

/** Absent properties stay as they are. */
export const changeAlertRuleSchema = z
  .strictObject(settable)
  .partial()
  .meta({ id: 'ChangeAlertRule', examples: [{ enabled: false }] })
export type ChangeAlertRule = z.input<typeof changeAlertRuleSchema>

const previewed = z.object({
  subject: z.string(),
  about: alertAboutSchema,
  severity: alertSeveritySchema,
  summary: z.string(),
  values: alertValuesSchema,
})

/** What a rule says now, and what it would have opened lately. */
export const alertRulePreviewSchema = z
  .object({
    /** What holds now: the first 100. */
    now: z.array(previewed.extend({ since: instant })),
    now_count: z.int(),
    /** Subjects of which nothing can be said now, for lack of fresh facts. */
    unknown: z.int(),
    /** What would have been opened since `since`, newest first: the first 100. */
    past: z.array(previewed.extend({ opened_at: instant, closed_at: instant.optional() })),
    past_count: z.int(),
    /** Seven days ago, or the beginning of the event log. */
    since: instant,
    /** Why the past is not known for this kind; absent where it is. */
    past_unknown: z.string().optional(),
  })
  .meta({ id: 'AlertRulePreview' })
export type AlertRulePreview = z.infer<typeof alertRulePreviewSchema>

const ruleParams = z.strictObject({ rule_id: z.string().min(1).max(200) })

export const alertRuleRoutes = {
  list: route({
    method: 'GET',
    path: '/api/alert-rules',
    access: 'read',
    summary: 'List alert rules',
    description: `By kind, then by name; at most ${MAX_ALERT_RULES}.`,
    responses: { 200: z.array(alertRuleSchema) },
  }),
  create: route({
    method: 'POST',
    path: '/api/alert-rules',
    access: 'admin',
    summary: 'Create an alert rule',
    body: createAlertRuleSchema,
    responses: { 201: alertRuleSchema },
  }),
  restore: route({
    method: 'POST',
    path: '/api/alert-rules/restore',
    access: 'admin',
    summary: 'Bring the first alert rules back',
    description:
      'Those of the first start that were removed, as they were then; the others stay as they are. The answer has those that came back.',
    responses: { 200: z.array(alertRuleSchema) },
  }),
  previewNew: route({
    method: 'POST',
    path: '/api/alert-rules/preview',
    access: 'admin',
    summary: 'Preview an alert rule before it is saved',
    description: 'What holds now, and what would have been opened in the last 7 days. Nothing is stored and nothing is sent.',
    body: createAlertRuleSchema,
    responses: { 200: alertRulePreviewSchema },
  }),
  read: route({
    method: 'GET',
    path: '/api/alert-rules/:rule_id',
    access: 'read',
    summary: 'Retrieve an alert rule',
    params: ruleParams,
    responses: { 200: alertRuleSchema },
  }),
  change: route({
    method: 'PUT',
    path: '/api/alert-rules/:rule_id',
    access: 'admin',
    summary: 'Change an alert rule',
    description:
      'Absent properties stay. Send `If-Match` to change it only while it has the revision you saw. 409 for a rule of ALERTS_FILE.',
    params: ruleParams,
    body: changeAlertRuleSchema,
    responses: { 200: alertRuleSchema },
  }),
  remove: route({
    method: 'DELETE',
    path: '/api/alert-rules/:rule_id',
    access: 'admin',
    summary: 'Remove an alert rule',
    description: 'Its open alerts close without a message. 409 for a rule of ALERTS_FILE.',
    params: ruleParams,
    responses: { 204: z.undefined() },
  }),
  preview: route({
    method: 'POST',
    path: '/api/alert-rules/:rule_id/preview',
    access: 'read',
    summary: 'Preview an alert rule',
    description: 'What holds now, and what would have been opened in the last 7 days.',
    params: ruleParams,
    responses: { 200: alertRulePreviewSchema },
  }),
  snooze: route({
    method: 'POST',
    path: '/api/alert-rules/:rule_id/snooze',
    access: 'write',
    summary: 'Snooze an alert rule',
    description: 'Holds the messages of all its alerts.',
    params: ruleParams,
    body: snoozeSchema,
    responses: { 200: alertRuleSchema },
  }),
  endSnooze: route({
    method: 'DELETE',
    path: '/api/alert-rules/:rule_id/snooze',
    access: 'write',
    summary: 'End the snooze of an alert rule',
    params: ruleParams,
    responses: { 200: alertRuleSchema },
  }),
}
