import { countOf } from '@signalbox/contract/plural'
import { useId } from 'react'
import type { ListedMachine, MachineCollector } from '../hub/answer.ts'
import { describeSource } from '../hub/collector-source.ts'
import { collectorConditionNames, collectorConditionOf, formatOfflineReason, formatPending } from '../hub/collector-state.ts'
import { machineHeartbeatKey } from '../hub/last-heartbeat-store.ts'
import { Link } from '../router/link.tsx'
import { HeartbeatAge } from '../sessions/heartbeat-age.tsx'
import { Code } from '../ui/code.tsx'
import { collectorCommand } from '../ui/collector-command.ts'
import { CopyLine } from '../ui/copy-line.tsx'
import { Moment, RecentMoment } from '../ui/moment.tsx'
import { StatusIndicator } from '../ui/status-indicator.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { collectorColors, sourceColor } from './collector-color.ts'
import '../sessions/session-details.css'
import './machine-card.css'

interface MachineCardProps {
  readonly machine: ListedMachine
  /** Undefined until the sessions have loaded. */
  readonly liveSessions: number | undefined
  readonly mayConnect: boolean
}

/** One machine and its collector. */
export function MachineCard({ machine, liveSessions, mayConnect }: MachineCardProps) {
  const id = useId()
  const { machine_id, hostname, status, collector } = machine
  const offline = formatOfflineReason(machine)
  return (
    <li className="panel machine-card" data-machine={machine_id} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id} className="breakable" title={hostname}>
          {machine_id}
        </h2>
        <span className="small muted">
          {status === 'maintenance' ? 'in maintenance' : status}
          {liveSessions !== undefined && liveSessions > 0 && (
            <>
              ,{' '}
              <Link to="/sessions" search={{ machine: machine_id }}>
                {countOf(liveSessions, 'session')}
              </Link>
            </>
          )}
        </span>
      </header>
      {collector === undefined ? (
        <NoCollector machine={machine} mayConnect={mayConnect} />
      ) : (
        <Collector machine={machine} collector={collector} />
      )}
      {offline !== undefined && (
        <p className="small machine-note">
          <Code text={offline} />
        </p>
      )}
    </li>
  )
}

function Collector({ machine, collector }: { readonly machine: ListedMachine; readonly collector: MachineCollector }) {
  const zone = browserTimeZone()
  const condition = collectorConditionOf(collector)
  const { claude_code_versions: versions = [], sources = [], platform, pending_since: since } = collector
  const pending = formatPending(collector)
  return (
    <dl className="session-details">
      <div>
        <dt>Collector</dt>
        <dd className="machine-state">
          <StatusIndicator color={collectorColors[condition]} /> {collectorConditionNames[condition]}
        </dd>
      </div>
      <div>
        <dt>Last contact</dt>
        <dd>
          {collector.connected ? (
            <>
              <HeartbeatAge id={machineHeartbeatKey(machine.machine_id)} known={collector.last_contact} /> ago
            </>
          ) : (
            <Moment at={collector.last_contact} zone={zone} />
          )}
        </dd>
      </div>
      <div>
        <dt>Version</dt>
        <dd>
          {collector.version}
          {platform !== undefined && <span className="muted"> on {platform}</span>}
        </dd>
      </div>
      {versions.length > 0 && (
        <div>
          <dt>Claude Code</dt>
          <dd>{versions.join(', ')}</dd>
        </div>
      )}
      {pending !== '' && (
        <div>
          <dt>Pending</dt>
          <dd>
            {pending}
            {since !== undefined && (
              <>
                , since <RecentMoment at={since} zone={zone} />
              </>
            )}
          </dd>
        </div>
      )}
      {sources.length > 0 && (
        <div>
          <dt>Sources</dt>
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
    </dl>
  )
}

function NoCollector({ machine, mayConnect }: { readonly machine: ListedMachine; readonly mayConnect: boolean }) {
  return (
    <div className="machine-without">
      <p className="small">
        No collector runs here. With one, every Claude Code session of the machine is under Sessions by itself, with its usage and the plan
        limits.{' '}
        {mayConnect ? '“Connect a machine” gives the line to paste there; or start only the collector there:' : 'To start one, run there:'}
      </p>
      <CopyLine text={collectorCommand()} label={`the command for ${machine.machine_id}`} />
    </div>
  )
}
