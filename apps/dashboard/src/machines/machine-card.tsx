import { useId } from 'react'
import type { BoardSession, ListedMachine, MachineCollector, UsageSums } from '../hub/answer.ts'
import { describeSource } from '../hub/collector-source.ts'
import { collectorConditionNames, collectorConditionOf, formatOfflineReason, formatPending } from '../hub/collector-state.ts'
import { machineHeartbeatKey } from '../hub/last-heartbeat-store.ts'
import { Link } from '../router/link.tsx'
import { HeartbeatAge } from '../sessions/heartbeat-age.tsx'
import { Count, Money } from '../ui/amount.tsx'
import { Code } from '../ui/code.tsx'
import { collectorCommand } from '../ui/collector-command.ts'
import { CopyLine } from '../ui/copy-line.tsx'
import { Moment, RecentMoment } from '../ui/moment.tsx'
import { type IndicatorColor, StatusIndicator } from '../ui/status-indicator.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/machines.ts'
import { collectorColors, sourceColor } from './collector-color.ts'
import { type MachineAction, MachineMenu } from './machine-menu.tsx'
import type { MachineUsage } from './machine-usage.ts'
import { SlotGrid } from './slot-grid.tsx'
import '../sessions/session-details.css'
import './machine-card.css'

const statuses: Record<ListedMachine['status'], readonly [IndicatorColor, string]> = {
  online: ['green', 'online'],
  offline: ['off', 'offline'],
  maintenance: ['amber', t.inMaintenance],
}

interface MachineCardProps {
  readonly machine: ListedMachine
  /** Its live sessions; undefined until they have loaded. */
  readonly sessions: readonly BoardSession[] | undefined
  readonly usage: MachineUsage
  readonly nameOf: (session: BoardSession) => string
  readonly mayAdd: boolean
  /** Undefined for those who may change nothing. */
  readonly onAction: ((action: MachineAction) => void) | undefined
}

/** One machine: its slots, its collector, and what it costs. */
export function MachineCard({ machine, sessions, usage, nameOf, mayAdd, onAction }: MachineCardProps) {
  const id = useId()
  const { machine_id, hostname, status, collector, docker_slots: slots } = machine
  const offline = formatOfflineReason(machine)
  const [color, statusName] = statuses[status]
  return (
    <li className="panel machine-card" data-machine={machine_id} data-status={status} aria-labelledby={id}>
      <header className="machine-card-head">
        <div>
          <h2 id={id} className="breakable" title={hostname}>
            {machine_id}
          </h2>
          <p className="small muted machine-card-status">
            <StatusIndicator color={color} /> {statusName}
            {sessions !== undefined && sessions.length > 0 && (
              <>
                ,{' '}
                <Link to="/sessions" search={{ machine: machine_id }}>
                  {t.sessionCount(sessions.length)}
                </Link>
              </>
            )}
          </p>
        </div>
        {onAction !== undefined && (
          <MachineMenu machine={machine} liveSessions={sessions?.length ?? 0} mayRemove={mayAdd} onPick={onAction} />
        )}
      </header>
      {status === 'maintenance' && <p className="small machine-note">{t.itIsNotOffered}</p>}
      {slots.length > 0 && <SlotGrid machine={machine} sessions={sessions ?? []} nameOf={nameOf} />}
      <dl className="session-details">
        {collector === undefined ? <LastContact machine={machine} /> : <Collector machine={machine} collector={collector} />}
        <Usage machineId={machine_id} usage={usage} />
      </dl>
      {collector === undefined && <NoCollector machine={machine} mayAdd={mayAdd} />}
      {offline !== undefined && (
        <p className="small machine-note">
          <Code text={offline} />
        </p>
      )}
    </li>
  )
}

function LastContact({ machine: { machine_id, last_heartbeat, status } }: { readonly machine: ListedMachine }) {
  return (
    <div>
      <dt>{t.lastContact}</dt>
      <dd>
        {status === 'offline' ? (
          <Moment at={last_heartbeat} zone={browserTimeZone()} />
        ) : (
          t.ago(<HeartbeatAge id={machineHeartbeatKey(machine_id)} known={last_heartbeat} />)
        )}
      </dd>
    </div>
  )
}

function Collector({ machine, collector }: { readonly machine: ListedMachine; readonly collector: MachineCollector }) {
  const zone = browserTimeZone()
  const condition = collectorConditionOf(collector)
  const { claude_code_versions: versions = [], sources = [], platform, pending_since: since } = collector
  const pending = formatPending(collector)
  return (
    <>
      <div>
        <dt>{t.collector}</dt>
        <dd className="machine-state">
          <StatusIndicator color={collectorColors[condition]} /> {collectorConditionNames[condition]}
        </dd>
      </div>
      <div>
        <dt>{t.lastContact}</dt>
        <dd>
          {collector.connected ? (
            t.ago(<HeartbeatAge id={machineHeartbeatKey(machine.machine_id)} known={collector.last_contact} />)
          ) : (
            <Moment at={collector.last_contact} zone={zone} />
          )}
        </dd>
      </div>
      <div>
        <dt>{t.version}</dt>
        <dd>
          {collector.version}
          {platform !== undefined && <span className="muted">{t.onPlatform(platform)}</span>}
        </dd>
      </div>
      {versions.length > 0 && (
        <div>
          <dt>{t.claudeCodeLabel}</dt>
          <dd>{versions.join(', ')}</dd>
        </div>
      )}
      <div>
        <dt>{t.pending}</dt>
        <dd>
          {pending === '' ? (
            <span className="muted">{t.nothingWaitsForHub}</span>
          ) : (
            <>
              {pending}
              {since !== undefined && <>{t.since(<RecentMoment at={since} zone={zone} />)}</>}
            </>
          )}
        </dd>
      </div>
      {sources.length > 0 && (
        <div>
          <dt>{t.sources}</dt>
          <dd>
            <ul className="machine-sources">
              {sources.map((source) => (
                <li key={source.name}>
                  <StatusIndicator color={sourceColor(source.state, condition)} />
                  <span className="breakable">{describeSource(source)}</span>
                </li>
              ))}
            </ul>
          </dd>
        </div>
      )}
    </>
  )
}

/** What it costs, with a way to the calls. */
function Usage({ machineId, usage: { today, month, known } }: { readonly machineId: string; readonly usage: MachineUsage }) {
  if (!known) return null
  return (
    <div>
      <dt>{t.cost}</dt>
      <dd className="machine-usage">
        {month === undefined ? (
          <span className="muted">{t.noUsageThisMonth}</span>
        ) : (
          <>
            <span>{t.today(<Sum sums={today} />)}</span>
            <Link to="/usage" search={{ range: 'month', machine: machineId }}>
              {t.thisMonth(<Sum sums={month} />)}
            </Link>
            <span className="muted">{t.tokens(<Count value={month.total_tokens} unit="token" />)}</span>
          </>
        )}
      </dd>
    </div>
  )
}

function Sum({ sums }: { readonly sums: UsageSums | undefined }) {
  return <Money value={sums?.cost_usd ?? (sums === undefined ? 0 : null)} calls={sums?.calls ?? 0} />
}

function NoCollector({ machine, mayAdd }: { readonly machine: ListedMachine; readonly mayAdd: boolean }) {
  return (
    <div className="machine-without">
      <p className="small">{t.noCollectorRunsHere(mayAdd ? t.addMachineGivesLine : t.toStartOneRun)}</p>
      <CopyLine text={collectorCommand()} label={t.theCommandFor(machine.machine_id)} />
    </div>
  )
}
