import { type AuditEntry, useAudit } from '../hub/audit.ts'
import { QueryProblem } from '../shell/query-problem.tsx'
import { Button } from '../ui/button.tsx'
import { Moment } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/settings.ts'
import './keys-panel.css'

const actionNames: Record<AuditEntry['action'], string> = {
  'sign_in.accepted': t.signedIn,
  'sign_in.refused': t.signInRefused,
  'sign_in.ended': t.signedOut,
  'key.created': t.keyCreated,
  'key.revoked': t.keyRevoked,
  'invite.created': t.inviteCreated,
  'invite.redeemed': t.machineConnected,
  'invite.refused': t.inviteCodeRefused,
  'session.purged': t.sessionDeleted,
  'sessions.cleaned_up': t.oldSessionsCleanedUp,
  'machine.renamed': t.machineRenamed,
  'machine.merged': t.machineMerged,
  'machine.removed': t.machineRemoved,
  'data.deleted': t.dataDeleted,
  'account.named': t.accountNamed,
  'settings.changed': t.settingsOfHubChanged,
  'question.answered': t.questionAnswered,
  'question.ended': t.questionSettled,
  'monitor.paused': t.monitorPaused,
  'monitor.resumed': t.monitorResumed,
  'alert.acknowledged': t.alertAcknowledged,
  'alert.acknowledgement_undone': t.acknowledgementUndone,
  'alert.snoozed': t.alertSnoozed,
  'alert.snooze_ended': t.snoozeEnded,
  'alert.closed': t.alertClosed,
  'alerts.paused': t.alertsPaused,
  'alerts.resumed': t.alertsResumed,
  'alert_rule.created': t.alertRuleCreated,
  'alert_rule.changed': t.alertRuleChanged,
  'alert_rule.removed': t.alertRuleRemoved,
  'channel.created': t.channelCreated,
  'channel.changed': t.channelChanged,
  'channel.removed': t.channelRemoved,
  'channel.tested': t.channelTested,
  'budget.created': t.budgetCreated,
  'budget.changed': t.budgetChanged,
  'budget.removed': t.budgetRemoved,
  'budget.raised': t.budgetRaised,
  'push_subscription.created': t.browserSubscribedToAlerts,
  'push_subscription.removed': t.browserUnsubscribedFromAlerts,
}

/** Who signed in, made keys and deleted data, newest first. */
export function AuditPanel() {
  const audit = useAudit()
  const entries = audit.data?.pages.flat()
  return (
    <Panel title={t.auditLog}>
      <QueryProblem query={audit} />
      {entries === undefined ? (
        audit.error === null && <Skeleton height={120} label={t.loadingAuditLog} />
      ) : entries.length === 0 ? (
        <p className="muted">{t.nothingYetSignIns}</p>
      ) : (
        <ul className="keys">
          {entries.map((entry) => (
            <AuditItem key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
      {audit.hasNextPage && (
        <Button onClick={() => audit.fetchNextPage()} disabled={audit.isFetchingNextPage}>
          {t.showOlder}
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
      <span className="breakable">{key_name ?? t.noKey}</span>
      <span className="small muted breakable">{address ?? t.onHubsMachine}</span>
      <span className="small muted key-action">
        <Moment at={at} zone={browserTimeZone()} />
      </span>
    </li>
  )
}
