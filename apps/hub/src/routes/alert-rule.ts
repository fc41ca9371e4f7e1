import { randomBytes } from 'node:crypto'
import { type AlertRulePreview, alertRuleRoutes, type ChangeAlertRule, MAX_ALERT_RULES } from '@signalbox/contract/alert-rule'
import { ruleForms } from '@signalbox/contract/alert-rule-form'
import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { firstRules, ruleRecord } from '../alert/default-rule-rows.ts'
import { previewRule } from '../alert/preview.ts'
import { releaseEverywhere } from '../alert/release.ts'
import { openRule } from '../alert/rule/rule-list.ts'
import { namedChannels, unknownChannel } from '../alert/rule-channels.ts'
import { shownRule } from '../alert/shown.ts'
import { instantOf } from '../clock.ts'
import { auditEntry } from '../http/audit.ts'
import { readIfMatch, sendRevision } from '../http/etag.ts'
import { newId, toChange } from '../http/idempotency.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'
import type { AlertRuleRecord } from '../store/alert.ts'
import type { NewAuditEntry } from '../store/audit-entry.ts'
import { compareAndSet, lost } from '../store/compare-and-set.ts'
import { endOf, onlyIfDone } from './alert.ts'

/** A preview reads seven days, in milliseconds. */
const PREVIEW_TIMEOUT_MS = 60_000

export function alertRule({ app, store, clock, alerts, limitService }: RouteContext): void {
  serve(app, alertRuleRoutes.list, async () => {
    const rules = await store.alerts.rules()
    return rules.sort((a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name)).map(shownRule)
  })

  serve(app, alertRuleRoutes.create, async ({ body, request, reply }) => {
    const now = clock.now()
    if ((await store.alerts.rules()).length >= MAX_ALERT_RULES) {
      throw new HubError('conflict', `There are ${MAX_ALERT_RULES} alert rules, and that is the limit`, { suggestion: 'Remove some.' })
    }
    const change = toChange(request, reply, now)
    const rule_id = change.idempotency === undefined ? `r_${randomBytes(6).toString('hex')}` : `r_${newId(change, 'alert rule')}`
    const rule = newRule(rule_id, body, now)
    await requireChannels(rule)
    const audit = onlyIfDone(() => auditEntry(request, 'alert_rule.created', { rule_id, kind: rule.kind, name: rule.name }))
    await store.alerts.putRule(rule, { ...change, audit })
    alerts.changed()
    const made = (await store.alerts.findRule(rule_id)) ?? rule
    sendRevision(reply, made.revision)
    reply.code(201).header('location', `${app.ownAddress.basePath(request)}/api/alert-rules/${rule_id}`)
    return shownRule(made)
  })

  serve(app, alertRuleRoutes.restore, async ({ request }) => {
    const now = clock.now()
    const restored: AlertRuleRecord[] = []
    for (const rule of firstRules(now)) {
      const { rule_id, kind, name } = rule
      const audit = onlyIfDone(() => auditEntry(request, 'alert_rule.created', { rule_id, kind, name }))
      // One that is there is at another revision, and stays.
      if (await store.alerts.putRule(rule, { now, audit })) restored.push(rule)
    }
    if (restored.length > 0) alerts.changed()
    return restored.map(shownRule)
  })

  serve(app, alertRuleRoutes.read, async ({ params, reply }) => {
    const rule = await find(params.rule_id)
    sendRevision(reply, rule.revision)
    return shownRule(rule)
  })

  serve(app, alertRuleRoutes.change, async ({ params, body, request, reply }) => {
    const now = clock.now()
    await requireChannels(body, await find(params.rule_id))
    const apply = (rule: AlertRuleRecord): AlertRuleRecord => {
      requireOwn(rule)
      return { ...withChange(rule, body), updated_at: now }
    }
    const details = { rule_id: params.rule_id, changed: Object.keys(body) }
    return change(params.rule_id, request, reply, apply, () => auditEntry(request, 'alert_rule.changed', details))
  })

  serve(app, alertRuleRoutes.remove, async ({ params, request, reply }): Promise<Sent> => {
    const rule = await find(params.rule_id)
    requireOwn(rule)
    requireRevision(rule, readIfMatch(request))
    const { rule_id, kind, name, revision } = rule
    const audit = onlyIfDone(() => auditEntry(request, 'alert_rule.removed', { rule_id, kind, name }))
    if (!(await store.alerts.removeRule(rule_id, revision, { now: clock.now(), audit }))) throw busy(rule_id)
    alerts.changed()
    reply.code(204).send()
    return sent
  })

  const previewed = { timeout: PREVIEW_TIMEOUT_MS }
  serve(app, alertRuleRoutes.preview, async ({ params }) => preview(await find(params.rule_id)), previewed)
  serve(app, alertRuleRoutes.previewNew, async ({ body }) => preview(newRule('preview', body, clock.now())), previewed)

  serve(app, alertRuleRoutes.snooze, ({ params, body, request, reply }) => {
    const until = endOf(body, clock.now())
    const details = { rule_id: params.rule_id, changed: ['snoozed_until'] }
    const apply = (rule: AlertRuleRecord) => ({ ...rule, snoozed_until: until })
    return change(params.rule_id, request, reply, apply, () => auditEntry(request, 'alert_rule.changed', details))
  })
  serve(app, alertRuleRoutes.endSnooze, ({ params, request, reply }) => {
    const details = { rule_id: params.rule_id, changed: ['snoozed_until'] }
    const apply = ({ snoozed_until: _, ...rule }: AlertRuleRecord): AlertRuleRecord => rule
    return change(params.rule_id, request, reply, apply, () => auditEntry(request, 'alert_rule.changed', details))
  })

  async function preview(rule: AlertRuleRecord): Promise<AlertRulePreview> {
    const now = clock.now()
    const options = { source: alerts.facts, store, currentLimits: limitService.currentLimits }
    const { now: held, past, since, ...counts } = await previewRule(rule, options, now)
    return {
      ...counts,
      now: held.map((one) => ({ ...one, values: { ...one.values }, since: instantOf(one.since) })),
      past: past.map(({ opened_at, closed_at, subject, about, severity, summary, values }) => ({
        subject,
        about,
        severity,
        summary,
        values: { ...values },
        opened_at: instantOf(opened_at),
        ...(closed_at === undefined ? {} : { closed_at: instantOf(closed_at) }),
      })),
      since: instantOf(since),
    }
  }

  async function find(id: string): Promise<AlertRuleRecord> {
    const rule = await store.alerts.findRule(id)
    if (rule !== undefined) return rule
    throw new HubError('not_found', `There is no alert rule ${id}`, { suggestion: 'GET /api/alert-rules lists the rules there are.' })
  }

  /** @param known a rule that may go on naming channels that were removed */
  async function requireChannels(rule: Parameters<typeof unknownChannel>[0], known?: AlertRuleRecord): Promise<void> {
    const channels = [...(await store.alerts.channels()), ...(known === undefined ? [] : namedChannels(known))]
    const unknown = unknownChannel(rule, new Set(channels.map(({ channel_id }) => channel_id)))
    if (unknown === undefined) return
    throw new HubError('validation_error', `${unknown.field}: there is no channel ${unknown.channel_id}`, {
      apiCode: 'VALIDATION_OUT_OF_RANGE',
      suggestion: 'GET /api/channels lists the channels there are.',
      details: { field: unknown.field },
    })
  }

  async function change(
    id: string,
    request: FastifyRequest,
    reply: FastifyReply,
    apply: (rule: AlertRuleRecord) => AlertRuleRecord,
    audit: () => NewAuditEntry,
  ) {
    const written = await compareAndSet(async () => {
      const rule = await find(id)
      requireRevision(rule, readIfMatch(request))
      const next = { ...apply(rule), revision: rule.revision + 1 }
      return (await store.alerts.putRule(next, { now: clock.now(), audit: onlyIfDone(audit) })) ? { rule, next } : lost
    })
    if (written === lost) throw busy(id)
    const { rule, next } = written
    if (rule.snoozed_until !== next.snoozed_until) {
      await releaseEverywhere(store.alerts, (one) => one.rule_id === id && one.held_by === 'snooze', clock.now())
    }
    alerts.changed()
    sendRevision(reply, next.revision)
    return shownRule(next)
  }
}

/** @throws HubError `validation_error` for parameters that its kind does not have */
export function newRule(
  rule_id: string,
  { severity, repeat_ms, name, parameters = {}, ...fields }: z.output<typeof alertRuleRoutes.create.body>,
  now: number,
): AlertRuleRecord {
  requireParameters(fields.kind, parameters)
  const optional = { ...(severity === null ? {} : { severity }), ...(repeat_ms === null ? {} : { repeat_ms }) }
  return ruleRecord({ ...fields, ...optional, parameters, rule_id, name: name ?? ruleForms[fields.kind].label, source: 'user' }, now)
}

function withChange(rule: AlertRuleRecord, { severity, repeat_ms, ...fields }: ChangeAlertRule): AlertRuleRecord {
  if (fields.parameters !== undefined) requireParameters(rule.kind, fields.parameters)
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<AlertRuleRecord>
  const next: AlertRuleRecord = { ...rule, ...given }
  return {
    ...next,
    ...(severity === undefined ? {} : { severity: severity ?? undefined }),
    ...(repeat_ms === undefined ? {} : { repeat_ms: repeat_ms ?? undefined }),
  }
}

function requireParameters(kind: AlertRuleKind, parameters: Readonly<Record<string, unknown>>): void {
  try {
    openRule({ kind, parameters })
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    const problems = error.issues.map(({ path, message }) => ({ field: ['parameters', ...path].join('.'), message }))
    const [first] = problems
    throw new HubError('validation_error', `${first?.field}: ${first?.message}`, {
      apiCode: 'VALIDATION_OUT_OF_RANGE',
      details: { field: first?.field, problems },
    })
  }
}

function requireOwn({ source, rule_id }: AlertRuleRecord): void {
  if (source !== 'file') return
  throw new HubError('conflict', `The rule ${rule_id} is of ALERTS_FILE`, { suggestion: 'Change it there, and restart the hub.' })
}

function requireRevision({ revision }: AlertRuleRecord, wanted: number | undefined): void {
  if (wanted === undefined || wanted === revision) return
  throw new HubError('precondition_failed', `The rule is at revision ${revision}, not ${wanted}`, {
    suggestion: 'Read the rule again and decide again.',
    details: { revision },
  })
}

function busy(id: string): HubError {
  return new HubError('conflict', `The rule ${id} is being changed by others`, { suggestion: 'Try again.' })
}
