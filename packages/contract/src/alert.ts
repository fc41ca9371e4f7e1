import { z } from 'zod'
import { alertRuleKinds } from './alert-rule-kind.ts'
import { alertSeverities, alertStates, channelStates } from './alert-severity.ts'
import { channelKinds } from './channel-kind.ts'
import { listQueryShape, repeatableEnum } from './list.ts'
import { route } from './route.ts'
import { textSchema } from './text.ts'
import { instant, lenientInstant } from './time.ts'

export const alertSeveritySchema = z.enum(alertSeverities)
export const alertStateSchema = z.enum(alertStates)

/** What an alert is about; only the ids that it has. */
export const alertAboutSchema = z.object({
  session_id: z.string().optional(),
  task_id: z.string().optional(),
  machine_id: z.string().optional(),
  project_id: z.string().optional(),
  account: z.string().optional(),
})
export type AlertAbout = z.infer<typeof alertAboutSchema>

/** Figures for messages and the page; no text of a prompt or a transcript. */
export const alertValuesSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

/**
 * Why an alert closed. `cleared`: it is over. `passed`: it was an event rather than a state. `gone`: its subject or its rule is
 * not there any more. `by_hand`: someone closed it.
 */
export const alertCloseReasons = ['cleared', 'passed', 'gone', 'by_hand'] as const
export type AlertCloseReason = (typeof alertCloseReasons)[number]

/** One episode of one rule about one subject. */
export const alertSchema = z
  .object({
    alert_id: z.string(),
    rule_id: z.string(),
    /** The rule's name when the alert was opened. */
    rule_name: z.string(),
    kind: z.enum(alertRuleKinds),
    /** What the rule watches: unique within the rule. */
    subject: z.string(),
    about: alertAboutSchema,
    state: alertStateSchema,
    severity: alertSeveritySchema,
    summary: z.string(),
    values: alertValuesSchema,
    /** When it became true, which may be before the hub saw it. */
    occurred_at: instant,
    /** When the hub saw it. */
    created_at: instant,
    /** Absent while pending. */
    opened_at: instant.optional(),
    closed_at: instant.optional(),
    close_reason: z.enum(alertCloseReasons).optional(),
    acknowledged: z.object({ at: instant, by: z.string().optional(), note: z.string().optional() }).optional(),
    snoozed: z
      .object({
        until: instant,
        by: z.string().optional(),
        /** It ends before, when the severity or the summary changes. */
        until_changed: z.boolean(),
      })
      .optional(),
    /** It opened four times within 30 minutes: nothing is sent until it has been steady for 30 minutes. */
    flapping: z.boolean(),
    /** How often it cleared and held again while it was open. */
    flaps: z.int(),
    /** The steps of escalation taken. */
    escalated: z.int(),
    /** When time alone changes it next: it opens, closes, is reminded of or escalated. Absent where only an event can. */
    next_at: instant.optional(),
    /** Incremented by every change; sent as the `ETag`. */
    revision: z.int(),
  })
  .meta({
    id: 'Alert',
    examples: [
      {
        alert_id: 'a_3f9a1c20b7d4e6f8',
        rule_id: 'session_stalled',
        rule_name: 'Session stalled',
        kind: 'session_stalled',
        subject: '5f0c6f1e-8d6c-4c0b-9a43-3f4f6d2f3a11',
        about: { session_id: '5f0c6f1e-8d6c-4c0b-9a43-3f4f6d2f3a11', machine_id: 'laptop', project_id: 'shop' },
        state: 'open',
        severity: 'warning',
        summary: 'Session 5f0c6f1e in shop on laptop is stalled',
        values: { stalled_for_ms: 300000 },
        occurred_at: '2026-10-06T09:12:00.000Z',
        created_at: '2026-10-06T09:12:02.000Z',
        opened_at: '2026-10-06T09:12:02.000Z',
        flapping: false,
        flaps: 0,
        escalated: 0,
        revision: 1,
      },
    ],
  })
export type Alert = z.infer<typeof alertSchema>

/** What happens to an alert that channels are notified of. */
export const flipTypes = ['opened', 'closed', 'reminder', 'escalated', 'acknowledged', 'flapping'] as const
export type FlipType = (typeof flipTypes)[number]

export const flipSchema = z.object({
  flip_id: z.string(),
  what: z.enum(flipTypes),
  /** When the hub decided it. */
  at: instant,
  /** When it became true. */
  occurred_at: instant,
  severity: alertSeveritySchema,
  summary: z.string(),
})

/**
 * One flip for one channel. `waiting`: not sent yet; `held_by` says why. `in`: part of a message that is on its way. `sent`: its
 * message was accepted. `dropped`: it will not be sent; `reason` says why.
 */
export const noticeStates = ['waiting', 'in', 'sent', 'dropped'] as const
/** Why a notice waits. */
export const noticeHolds = [
  'group',
  'quiet_hours',
  'snooze',
  'inhibited',
  'paused',
  'backoff',
  'broken',
  'off',
  'rate',
  'flapping',
] as const
export type NoticeHold = (typeof noticeHolds)[number]

export const noticeSchema = z.object({
  flip_id: z.string(),
  channel_id: z.string(),
  state: z.enum(noticeStates),
  what: z.enum(flipTypes),
  created_at: instant,
  /** It is not sent before; absent where nothing is known to end the wait. */
  not_before: instant.optional(),
  held_by: z.enum(noticeHolds).optional(),
  message_id: z.string().optional(),
  /** Why it was dropped. */
  reason: z.string().optional(),
})
export type Notice = z.infer<typeof noticeSchema>

/** What a peer answered. */
export const receiptSchema = z.object({
  /** The peer's own id of the message. */
  id: z.string().optional(),
  status: z.int().optional(),
  /** At most 200 characters of the answer; only with the scope `admin`. */
  said: z.string().optional(),
})

/**
 * `failed`: another attempt follows. `refused`: none does before someone mends the channel. `unknown`: the message may have
 * arrived; `reason` says whether the peer did not answer in time or the hub ended while it sent.
 */
export const attemptOutcomes = ['sent', 'failed', 'refused', 'unknown'] as const
export type AttemptOutcome = (typeof attemptOutcomes)[number]

export const attemptSchema = z.object({
  n: z.int(),
  started_at: instant,
  /** Absent while it is sent. */
  ended_at: instant.optional(),
  outcome: z.enum(attemptOutcomes).optional(),
  reason: z.string().optional(),
  receipt: receiptSchema.optional(),
})
export type MessageAttempt = z.infer<typeof attemptSchema>

/**
 * `gathering`: its notices are being collected. `sealed`: it waits for its next attempt. `sending`: an attempt is on its way.
 * `dropped`: it will not be sent; `reason` says why.
 */
export const messageStates = ['gathering', 'sealed', 'sending', 'sent', 'dropped'] as const

/** What leaves for a channel: one or more notices. */
export const messageSchema = z
  .object({
    message_id: z.string(),
    channel_id: z.string(),
    /** As they were when it was sent. */
    channel_name: z.string(),
    channel_kind: z.enum(channelKinds),
    state: z.enum(messageStates),
    title: z.string(),
    severity: alertSeveritySchema,
    /** The alerts it is about: the first ten. */
    alert_ids: z.array(z.string()),
    /** The number of its notices. */
    notices: z.int(),
    created_at: instant,
    sent_at: instant.optional(),
    /** The next attempt. */
    next_at: instant.optional(),
    /** An earlier attempt may have arrived, and the peer cannot know a repeat; the message says so. */
    may_be_repeat: z.boolean(),
    /** The newest 30, oldest first. */
    attempts: z.array(attemptSchema),
    receipt: receiptSchema.optional(),
    reason: z.string().optional(),
  })
  .meta({
    id: 'AlertMessage',
    examples: [
      {
        message_id: '9f2c…',
        channel_id: 'c_3f9a1c20b7d4',
        channel_name: 'Phone',
        channel_kind: 'ntfy',
        state: 'sent',
        title: 'Session 5f0c6f1e in shop on laptop is stalled',
        severity: 'warning',
        alert_ids: ['a_3f9a1c20b7d4e6f8'],
        notices: 1,
        created_at: '2026-10-06T09:12:12.000Z',
        sent_at: '2026-10-06T09:12:12.300Z',
        may_be_repeat: false,
        attempts: [
          {
            n: 1,
            started_at: '2026-10-06T09:12:12.000Z',
            ended_at: '2026-10-06T09:12:12.300Z',
            outcome: 'sent',
            receipt: { id: 'xE8c', status: 200 },
          },
        ],
        receipt: { id: 'xE8c', status: 200 },
      },
    ],
  })
export type AlertMessage = z.infer<typeof messageSchema>

/** An alert with everything that was decided and sent about it. */
export const alertDetailSchema = alertSchema
  .extend({
    /** The newest 50, oldest first. */
    flips: z.array(flipSchema),
    /** Oldest first, at most 500. */
    notices: z.array(noticeSchema),
    /** Oldest first, at most 100. */
    messages: z.array(messageSchema),
  })
  .meta({ id: 'AlertDetail' })
export type AlertDetail = z.infer<typeof alertDetailSchema>

export const alertPauseSchema = z.object({ until: instant, since: instant, by: z.string().optional(), reason: z.string().optional() })
export type AlertPause = z.infer<typeof alertPauseSchema>

const bySeverity = z.object({ info: z.int(), warning: z.int(), critical: z.int() })

/** What a page shows at the top: open alerts, and whether their messages get through. */
export const alertSummarySchema = z
  .object({
    /** False with ALERTS=false: nothing is judged and nothing is sent. */
    enabled: z.boolean(),
    /** Alerts that are open or clearing, by severity. */
    open: bySeverity,
    /** Those of them that no one has acknowledged. */
    unacknowledged: bySeverity,
    /** The number of channels in each state. */
    channels: z.object({ ok: z.int(), failing: z.int(), broken: z.int(), off: z.int() }),
    /** Notices that are not sent yet. */
    waiting: z.int(),
    /** Everything is held until then. */
    paused: alertPauseSchema.optional(),
  })
  .meta({
    id: 'AlertSummary',
    examples: [
      {
        enabled: true,
        open: { info: 0, warning: 2, critical: 1 },
        unacknowledged: { info: 0, warning: 1, critical: 1 },
        channels: { ok: 2, failing: 0, broken: 0, off: 0 },
        waiting: 0,
      },
    ],
  })
export type AlertSummary = z.infer<typeof alertSummarySchema>

/** `alert.opened`, `alert.closed`, `alert.updated`: the alert, and what changed. */
export const alertChanges = [
  'opened',
  'closed',
  'acknowledged',
  'acknowledgement_undone',
  'snoozed',
  'snooze_ended',
  'escalated',
  'reminded',
  'flapping',
  'severity',
] as const
export type AlertChange = (typeof alertChanges)[number]
export const alertEventSchema = alertSchema
  .pick({
    alert_id: true,
    rule_id: true,
    kind: true,
    subject: true,
    about: true,
    state: true,
    severity: true,
    summary: true,
    occurred_at: true,
    opened_at: true,
    closed_at: true,
  })
  .extend({ change: z.enum(alertChanges), reason: z.enum(alertCloseReasons).optional() })
export type AlertEvent = z.infer<typeof alertEventSchema>

/** `channel.status`: whether messages get through a channel has changed. */
export const channelStatusEventSchema = z.object({
  channel_id: z.string(),
  kind: z.enum(channelKinds),
  name: z.string(),
  from: z.enum(channelStates),
  to: z.enum(channelStates),
  reason: z.string().optional(),
})
export type ChannelStatusEvent = z.infer<typeof channelStatusEventSchema>

/** The longest snooze and the longest pause: each has an end. */
export const MAX_SNOOZE_MS = 366 * 86_400_000

/** When a snooze or a pause ends: an instant, or so many milliseconds from now. */
export const snoozeShape = {
  until: lenientInstant.optional(),
  for_ms: z.int().min(1_000).max(MAX_SNOOZE_MS).optional(),
}
const hasOneEnd = ({ until, for_ms }: { until?: string | undefined; for_ms?: number | undefined }) =>
  (until === undefined) !== (for_ms === undefined)
const oneEnd = { error: 'needs one of until and for_ms' }

export const snoozeSchema = z.strictObject(snoozeShape).refine(hasOneEnd, oneEnd)
export const snoozeAlertSchema = z
  .strictObject({
    ...snoozeShape,
    /** End it before, when the severity or the summary changes. */
    until_changed: z.boolean().default(false),
  })
  .refine(hasOneEnd, oneEnd)
  .meta({ id: 'SnoozeAlert', examples: [{ for_ms: 3600000 }] })
export type SnoozeAlert = z.input<typeof snoozeAlertSchema>
export type Snooze = z.input<typeof snoozeSchema>
export const pauseAlertsSchema = z
  .strictObject({ ...snoozeShape, reason: textSchema(200).optional() })
  .refine(hasOneEnd, oneEnd)
  .meta({ id: 'PauseAlerts', examples: [{ for_ms: 3600000, reason: 'Maintenance' }] })
export type PauseAlerts = z.input<typeof pauseAlertsSchema>
export const acknowledgeAlertSchema = z.strictObject({ note: textSchema(500).optional() }).meta({ id: 'AcknowledgeAlert', examples: [{}] })
export type AcknowledgeAlert = z.input<typeof acknowledgeAlertSchema>
/** Those that are open and not acknowledged, or of them only these. */
export const acknowledgeAlertsSchema = z
  .strictObject({
    alert_ids: z.array(z.string().min(1).max(100)).min(1).max(1_000).optional(),
    kind: z.array(z.enum(alertRuleKinds)).min(1).optional(),
    severity: z.array(z.enum(alertSeverities)).min(1).optional(),
    note: textSchema(500).optional(),
  })
  .meta({ id: 'AcknowledgeAlerts', examples: [{ kind: ['session_stalled'], note: 'the network was down' }] })
export type AcknowledgeAlerts = z.input<typeof acknowledgeAlertsSchema>
export const acknowledgedAlertsSchema = z
  .object({ acknowledged: z.int() })
  .meta({ id: 'AcknowledgedAlerts', examples: [{ acknowledged: 12 }] })
export type AcknowledgedAlerts = z.infer<typeof acknowledgedAlertsSchema>
export const closeAlertSchema = z.strictObject({ note: textSchema(500).optional() }).meta({ id: 'CloseAlert', examples: [{}] })

export const alertQuerySchema = z.strictObject({
  ...listQueryShape,
  /** Without it all but the pending ones. */
  state: repeatableEnum(alertStates).optional(),
  kind: repeatableEnum(alertRuleKinds).optional(),
  severity: repeatableEnum(alertSeverities).optional(),
  rule_id: z.string().max(200).optional(),
  session_id: z.string().max(200).optional(),
  machine_id: z.string().max(200).optional(),
})
export type AlertQuery = z.input<typeof alertQuerySchema>

const alertParams = z.strictObject({ alert_id: z.string().min(1).max(100) })

export const alertRoutes = {
  list: route({
    method: 'GET',
    path: '/api/alerts',
    access: 'read',
    summary: 'List alerts',
    description: 'Newest first. The headers `X-Total-Count` and `Link` describe the pages.',
    query: alertQuerySchema,
    responses: { 200: z.array(alertSchema) },
  }),
  summary: route({
    method: 'GET',
    path: '/api/alerts/summary',
    access: 'read',
    summary: 'Count open alerts',
    description: 'Counts open alerts and channels by state, and says whether everything is paused.',
    responses: { 200: alertSummarySchema },
  }),
  read: route({
    method: 'GET',
    path: '/api/alerts/:alert_id',
    access: 'read',
    summary: 'Retrieve an alert',
    description: 'With its flips, notices, messages and attempts: which channel was notified of what, when, and what the peer answered.',
    params: alertParams,
    responses: { 200: alertDetailSchema },
  }),
  acknowledge: route({
    method: 'POST',
    path: '/api/alerts/:alert_id/acknowledge',
    access: 'write',
    summary: 'Acknowledge an alert',
    description: 'Stops its reminders and its escalation until it closes. 409 when it is closed.',
    params: alertParams,
    body: acknowledgeAlertSchema,
    responses: { 200: alertSchema },
  }),
  acknowledgeAll: route({
    method: 'POST',
    path: '/api/alerts/acknowledge',
    access: 'write',
    summary: 'Acknowledge several alerts',
    description: 'All that are open and not acknowledged, or of them only those that the body names. Others stay as they are.',
    body: acknowledgeAlertsSchema,
    responses: { 200: acknowledgedAlertsSchema },
  }),
  undoAcknowledge: route({
    method: 'DELETE',
    path: '/api/alerts/:alert_id/acknowledge',
    access: 'write',
    summary: 'Undo the acknowledgement of an alert',
    description: 'Reminders and escalation go on. 409 when it is closed.',
    params: alertParams,
    responses: { 200: alertSchema },
  }),
  snooze: route({
    method: 'POST',
    path: '/api/alerts/:alert_id/snooze',
    access: 'write',
    summary: 'Snooze an alert',
    description: 'Holds what would be sent about it. At the end only what has changed and is still open is sent. 409 when it is closed.',
    params: alertParams,
    body: snoozeAlertSchema,
    responses: { 200: alertSchema },
  }),
  endSnooze: route({
    method: 'DELETE',
    path: '/api/alerts/:alert_id/snooze',
    access: 'write',
    summary: 'End the snooze of an alert',
    params: alertParams,
    responses: { 200: alertSchema },
  }),
  close: route({
    method: 'POST',
    path: '/api/alerts/:alert_id/close',
    access: 'write',
    summary: 'Close an alert',
    description: 'Closes it by hand. If its rule still holds it opens again when it has been clear in between. 409 when it is closed.',
    params: alertParams,
    body: closeAlertSchema,
    responses: { 200: alertSchema },
  }),
  pause: route({
    method: 'POST',
    path: '/api/alerts/pause',
    access: 'admin',
    summary: 'Pause all messages',
    description: 'Holds every message until the end. Alerts open and close as always. At the end what is still open is sent.',
    body: pauseAlertsSchema,
    responses: { 200: alertPauseSchema },
  }),
  resume: route({
    method: 'DELETE',
    path: '/api/alerts/pause',
    access: 'admin',
    summary: 'End the pause of all messages',
    responses: { 204: z.undefined() },
  }),
}
