import { type AuditEntry, useAudit } from '../hub/audit.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { Moment } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import './keys-panel.css'

const actionNames: Record<AuditEntry['action'], string> = {
  'sign_in.accepted': 'Signed in',
  'sign_in.refused': 'Sign-in refused',
  'sign_in.ended': 'Signed out',
  'key.created': 'Key created',
  'key.revoked': 'Key revoked',
  'invite.created': 'Invite created',
  'invite.redeemed': 'Machine connected',
  'invite.refused': 'Invite code refused',
  'session.purged': 'Session deleted',
  'sessions.cleaned_up': 'Old sessions cleaned up',
  'machine.renamed': 'Machine renamed',
  'machine.merged': 'Machine merged',
  'machine.removed': 'Machine removed',
  'data.deleted': 'Data deleted',
  'account.named': 'Account named',
  'settings.changed': 'Settings of the hub changed',
  'question.answered': 'Question answered',
  'question.ended': 'Question settled',
  'monitor.paused': 'Monitor paused',
  'monitor.resumed': 'Monitor resumed',
  'alert.acknowledged': 'Alert acknowledged',
  'alert.acknowledgement_undone': 'Acknowledgement undone',
  'alert.snoozed': 'Alert snoozed',
  'alert.snooze_ended': 'Snooze ended',
  'alert.closed': 'Alert closed',
  'alerts.paused': 'Alerts paused',
  'alerts.resumed': 'Alerts resumed',
  'alert_rule.created': 'Alert rule created',
  'alert_rule.changed': 'Alert rule changed',
  'alert_rule.removed': 'Alert rule removed',
  'channel.created': 'Channel created',
  'channel.changed': 'Channel changed',
  'channel.removed': 'Channel removed',
  'channel.tested': 'Channel tested',
  'budget.created': 'Budget created',
  'budget.changed': 'Budget changed',
  'budget.removed': 'Budget removed',
  'budget.raised': 'Budget raised',
  'push_subscription.created': 'Browser subscribed to alerts',
  'push_subscription.removed': 'Browser unsubscribed from alerts',
}

/** Who signed in, made keys and deleted data, newest first. */
export function AuditPanel() {
  const audit = useAudit()
  const entries = audit.data?.pages.flat()
  return (
    <Panel title="Audit log">
      {audit.error !== null && <ProblemNote {...toProblem(audit.error)} onRetry={() => audit.refetch()} />}
      {entries === undefined ? (
        audit.error === null && <Skeleton height={120} label="Loading the audit log" />
      ) : entries.length === 0 ? (
        <p className="muted">Nothing yet: sign-ins, keys and deletions are recorded here.</p>
      ) : (
        <ul className="keys">
          {entries.map((entry) => (
            <AuditItem key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
      {audit.hasNextPage && (
        <Button onClick={() => audit.fetchNextPage()} disabled={audit.isFetchingNextPage}>
          Show older
        </Button>
      )}
    </Panel>
  )
}

function AuditItem({ entry: { at, action, key_name, address, details } }: { readonly entry: AuditEntry }) {
  const subject = [
    details.name,
    details.of,
    details.session_id,
    details.key_prefix,
    details.machine_id,
    details.project_id,
    details.account,
    details.reason,
  ].find((text) => typeof text === 'string')
  return (
    <li>
      <div className="key-name">
        <b>{actionNames[action]}</b>
        {typeof subject === 'string' && <span className="breakable">{subject}</span>}
      </div>
      <span className="breakable">{key_name ?? 'no key'}</span>
      <span className="small muted breakable">{address ?? 'on the hub’s machine'}</span>
      <span className="small muted key-action">
        <Moment at={at} zone={browserTimeZone()} />
      </span>
    </li>
  )
}
