import { z } from 'zod'
import { repeatableEnum } from './list.ts'
import { route } from './route.ts'
import { instant } from './time.ts'

/** What the audit log records. */
export const auditActions = [
  'sign_in.accepted',
  'sign_in.refused',
  'sign_in.ended',
  'key.created',
  'key.revoked',
  'invite.created',
  'invite.redeemed',
  'invite.refused',
  'session.purged',
  'sessions.cleaned_up',
  'machine.renamed',
  'machine.merged',
  'machine.removed',
  'data.deleted',
  'account.named',
  'settings.changed',
  'question.answered',
  'question.ended',
  'monitor.paused',
  'monitor.resumed',
  'alert.acknowledged',
  'alert.acknowledgement_undone',
  'alert.snoozed',
  'alert.snooze_ended',
  'alert.closed',
  'alerts.paused',
  'alerts.resumed',
  'alert_rule.created',
  'alert_rule.changed',
  'alert_rule.removed',
  'channel.created',
  'channel.changed',
  'channel.removed',
  'channel.tested',
  'budget.created',
  'budget.changed',
  'budget.removed',
  'budget.raised',
  'push_subscription.created',
  'push_subscription.removed',
] as const
export const auditActionSchema = z.enum(auditActions)
export type AuditAction = z.infer<typeof auditActionSchema>

export const auditEntrySchema = z
  .object({
    /** Ascending; an id is never reused. */
    id: z.int(),
    at: instant,
    action: auditActionSchema,
    /** The key of the caller; absent where there was none, as for a refused sign-in. */
    key_id: z.string().optional(),
    key_name: z.string().optional(),
    /** The address of the caller; absent for a command on the hub database itself. */
    address: z.string().optional(),
    /** What it was done to. */
    details: z.record(z.string(), z.unknown()),
  })
  .meta({
    id: 'AuditEntry',
    examples: [
      {
        id: 17,
        at: '2026-10-06T09:12:00.000Z',
        action: 'key.created',
        key_id: 'k_3f9a1c20b7d4',
        key_name: 'me',
        address: '192.168.0.7',
        details: { key_id: 'k_7b1c20d43f9a', name: 'laptop', scopes: ['ingest'] },
      },
    ],
  })
export type AuditEntry = z.infer<typeof auditEntrySchema>

export const auditQuerySchema = z.strictObject({
  limit: z.coerce.number<string>().int().min(1).max(200).default(50),
  /** The id of the last entry of the page before: entries older than it follow. */
  before: z.coerce.number<string>().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  action: repeatableEnum(auditActions).optional(),
})
export type AuditQuery = Readonly<Partial<z.output<typeof auditQuerySchema>>>

export const auditRoutes = {
  list: route({
    method: 'GET',
    path: '/api/audit',
    access: 'admin',
    summary: 'List the audit log',
    description:
      'Returns who signed in, made and revoked keys, and deleted data, and from where, newest first. The header `Link` has the next page, ' +
      'which neither repeats nor skips an entry while others are added.',
    query: auditQuerySchema,
    responses: { 200: z.array(auditEntrySchema) },
  }),
}
