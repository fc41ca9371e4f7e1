import { type AlertSummary, alertRoutes, MAX_SNOOZE_MS } from '@signalbox/contract/alert'
import { alertSeverities } from '@signalbox/contract/alert-severity'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { acknowledgeAll } from '../alert/acknowledge-all.ts'
import type { AlertStep } from '../alert/alert.ts'
import { acknowledged, closedByHand, snoozed, unacknowledged, unsnoozed } from '../alert/alert-action.ts'
import { ruleRecord } from '../alert/default-rule-rows.ts'
import { releasePaused, releaseSnoozed } from '../alert/release.ts'
import { shownAlert, shownDetail } from '../alert/shown.ts'
import { instantOf } from '../clock.ts'
import type { NewEvent } from '../event/new-event.ts'
import { auditEntry } from '../http/audit.ts'
import { sendRevision } from '../http/etag.ts'
import { readPage, sendPage } from '../http/list.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'
import type { AlertRecord, AlertRuleRecord, AlertStore } from '../store/alert.ts'
import type { NewAuditEntry } from '../store/audit-entry.ts'
import { compareAndSet, lost } from '../store/compare-and-set.ts'

const MAX_NOTICES = 500
const MAX_MESSAGES = 100

export function alert({ app, store, clock, alerts, config }: RouteContext): void {
  serve(app, alertRoutes.list, async ({ query, request, reply }) => {
    const page = readPage(query, 'newest')
    const found = await store.alerts.list({
      ...page.range,
      states: query.state ?? ['open', 'clearing', 'closed'],
      kinds: query.kind,
      severities: query.severity,
      rule_id: query.rule_id,
      session_id: query.session_id,
      machine_id: query.machine_id,
    })
    return sendPage(request, reply, page, found, ({ created_at, alert_id }) => ({ at: created_at, id: alert_id })).map(shownAlert)
  })

  serve(app, alertRoutes.summary, async (): Promise<AlertSummary> => {
    const [counts, channels, pause] = await Promise.all([store.alerts.counts(), store.alerts.channels(), store.alerts.mark('pause')])
    const waiting = await store.alerts.waitingOf(channels.map(({ channel_id }) => channel_id))
    const count = (wanted: (acknowledged: boolean) => boolean) =>
      Object.fromEntries(
        alertSeverities.map((severity) => [
          severity,
          counts.filter((one) => one.severity === severity && wanted(one.acknowledged)).reduce((sum, one) => sum + one.alerts, 0),
        ]),
      ) as AlertSummary['open']
    const inState = (state: string) => channels.filter((one) => one.state === state).length
    const { until, since, by, reason } = (pause?.value ?? {}) as { until?: number; since?: number; by?: string; reason?: string }
    const isPaused = until !== undefined && until > clock.now()
    return {
      enabled: config.alerts.enabled,
      open: count(() => true),
      unacknowledged: count((isAcknowledged) => !isAcknowledged),
      channels: { ok: inState('ok'), failing: inState('failing'), broken: inState('broken'), off: inState('off') },
      waiting: waiting.reduce((sum, { notices }) => sum + notices, 0),
      ...(isPaused ? { paused: pauseOf({ until, since: since ?? 0, by, reason }) } : {}),
    }
  })

  serve(app, alertRoutes.read, async ({ params, request, reply }) => {
    const found = await store.alerts.find(params.alert_id)
    if (found === undefined) throw noAlert(params.alert_id)
    const notices = await store.alerts.noticesOf(found.alert_id, MAX_NOTICES)
    const ids = [...new Set(notices.flatMap(({ message_id }) => message_id ?? []))].slice(-MAX_MESSAGES)
    const messages = await store.alerts.findMessages(ids)
    sendRevision(reply, found.revision)
    return shownDetail(found, notices, messages, mayReadAnswers(request))
  })

  serve(app, alertRoutes.acknowledge, ({ params, body, request, reply }) =>
    change(params.alert_id, request, reply, {
      step: (found, rule) => acknowledged(found, rule, by(request, clock.now()), body.note),
      audit: (found) => auditEntry(request, 'alert.acknowledged', about(found, body.note === undefined ? {} : { note: body.note })),
    }),
  )
  serve(app, alertRoutes.acknowledgeAll, async ({ body, request }) => {
    const count = await acknowledgeAll(store.alerts, body, by(request, clock.now()), goneRule)
    if (count > 0) {
      const { alert_ids: _, ...which } = body
      await store.audit.append(auditEntry(request, 'alert.acknowledged', { alerts: count, ...which }), { now: clock.now() })
    }
    alerts.worker.wake()
    return { acknowledged: count }
  })
  serve(app, alertRoutes.undoAcknowledge, ({ params, request, reply }) =>
    change(params.alert_id, request, reply, {
      step: (found, rule) => unacknowledged(found, rule, clock.now()),
      audit: (found) => auditEntry(request, 'alert.acknowledgement_undone', about(found)),
    }),
  )
  serve(app, alertRoutes.snooze, ({ params, body, request, reply }) => {
    const now = clock.now()
    const until = endOf(body, now)
    return change(params.alert_id, request, reply, {
      step: (found, rule) => snoozed(found, rule, by(request, now), until, body.until_changed),
      audit: (found) => auditEntry(request, 'alert.snoozed', about(found, { until: instantOf(until) })),
    })
  })
  serve(app, alertRoutes.endSnooze, ({ params, request, reply }) =>
    change(params.alert_id, request, reply, {
      step: unsnoozed,
      audit: (found) => auditEntry(request, 'alert.snooze_ended', about(found)),
    }),
  )
  serve(app, alertRoutes.close, ({ params, body, request, reply }) =>
    change(params.alert_id, request, reply, {
      step: (found, rule) => closedByHand(found, rule, clock.now()),
      audit: (found) => auditEntry(request, 'alert.closed', about(found, body.note === undefined ? {} : { note: body.note })),
    }),
  )

  serve(app, alertRoutes.pause, async ({ body, request }) => {
    const now = clock.now()
    const until = endOf(body, now)
    const pause = { until, since: now, by: by(request, now).by, reason: body.reason }
    const event = { event: 'alerts.paused', data: { until: instantOf(until), reason: body.reason } } as const
    await setPause(pause, event, () => auditEntry(request, 'alerts.paused', { until: instantOf(until), reason: body.reason }))
    return pauseOf(pause)
  })
  serve(app, alertRoutes.resume, async ({ request, reply }): Promise<Sent> => {
    const pause = await store.alerts.mark('pause')
    if (pause !== undefined && (pause.value.until as number) > clock.now()) {
      await setPause({ ...pause.value, until: 0 }, { event: 'alerts.resumed', data: {} }, () => auditEntry(request, 'alerts.resumed', {}))
    }
    reply.code(204).send()
    return sent
  })

  async function setPause(value: Record<string, unknown>, event: NewEvent, audit: () => NewAuditEntry): Promise<void> {
    const before = await compareAndSet(async () => {
      const known = await store.alerts.mark('pause')
      const revision = (known?.revision ?? 0) + 1
      const stored = await store.alerts.putMark('pause', { value, revision }, { now: clock.now(), audit: onlyIfDone(audit) })
      return stored ? known : lost
    })
    if (before === lost) throw new HubError('conflict', 'The pause is being changed by others', { suggestion: 'Try again.' })
    await releasePaused(store.alerts, before?.value.until as number | undefined, clock.now())
    alerts.worker.wake()
    // Other pages follow the events; without the store they still poll.
    await store.events.append([event], { now: clock.now() }).catch((err: unknown) => app.log.warn({ err }, `${event.event} not published`))
  }

  async function change(id: string, request: FastifyRequest, reply: FastifyReply, action: AlertAction) {
    const changed = await changeAlert(store.alerts, id, clock.now(), action)
    await releaseSnoozed(store.alerts, id, clock.now())
    sendRevision(reply, changed.revision)
    alerts.worker.wake()
    request.log.debug({ alert_id: id }, 'an alert was changed')
    return shownAlert(changed)
  }
}

export interface AlertAction {
  /** Undefined where it is so already. */
  readonly step: (alert: AlertRecord, rule: AlertRuleRecord) => AlertStep | undefined
  readonly audit: (alert: AlertRecord) => NewAuditEntry
}

/**
 * Changes an alert that is not closed, however many hubs and people do so at once.
 * @throws HubError `not_found`, `conflict` for one that is closed
 */
export async function changeAlert(store: AlertStore, id: string, now: number, { step, audit }: AlertAction): Promise<AlertRecord> {
  const written = await compareAndSet(async () => {
    const found = await store.find(id)
    if (found === undefined) throw noAlert(id)
    if (found.state === 'closed') {
      throw new HubError('conflict', `The alert ${id} is closed`, { suggestion: 'GET /api/alerts?state=open lists those that are open.' })
    }
    const changed = step(found, (await store.findRule(found.rule_id)) ?? goneRule(found))
    if (changed === undefined) return found
    const by = { now, audit: (done: unknown) => ((done as boolean[])[0] ? audit(changed.alert) : undefined) }
    const [done] = await store.write([{ alert: changed.alert, events: changed.events }], by)
    return done ? changed.alert : lost
  })
  if (written !== lost) return written
  throw new HubError('conflict', `The alert ${id} is being changed by others`, { suggestion: 'Try again.' })
}

/** The audit entry of a compare-and-set, where it took place. */
export function onlyIfDone(audit: () => NewAuditEntry): (done: unknown) => NewAuditEntry | undefined {
  return (done) => (done === false ? undefined : audit())
}

/** A rule that was removed a moment ago. */
function goneRule({ rule_id, kind, rule_name }: AlertRecord): AlertRuleRecord {
  return ruleRecord({ rule_id, kind, name: rule_name, enabled: false }, 0)
}

function noAlert(id: string): HubError {
  return new HubError('not_found', `There is no alert ${id}`, { suggestion: 'GET /api/alerts lists the alerts there are.' })
}

function about({ alert_id, rule_id, kind, subject }: AlertRecord, more: object = {}): Record<string, unknown> {
  return { alert_id, rule_id, kind, subject, ...more }
}

/** Who does it, as people know the key. */
export function by({ principal }: FastifyRequest, at: number): { at: number; by?: string } {
  return { at, ...(principal === undefined ? {} : { by: principal.name }) }
}

/** @throws HubError `validation_error` for an end that is not to come */
export function endOf({ until, for_ms }: { until?: string | undefined; for_ms?: number | undefined }, now: number): number {
  const end = until === undefined ? now + (for_ms ?? 0) : Date.parse(until)
  if (end > now && end <= now + MAX_SNOOZE_MS) return end
  throw new HubError('validation_error', 'until must be to come, within a year', {
    apiCode: 'VALIDATION_OUT_OF_RANGE',
    details: { field: 'until' },
  })
}

/** What a peer answers may be about anything in its network. */
export function mayReadAnswers({ principal }: FastifyRequest): boolean {
  return principal?.scopes.includes('admin') === true
}

function pauseOf({
  until,
  since,
  by: who,
  reason,
}: {
  until: number
  since: number
  by?: string | undefined
  reason?: string | undefined
}) {
  return {
    until: instantOf(until),
    since: instantOf(since),
    ...(who === undefined ? {} : { by: who }),
    ...(reason === undefined ? {} : { reason }),
  }
}
