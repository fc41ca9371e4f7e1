import type { ListedMachine } from '../hub/answer.ts'
import { describeSource } from '../hub/collector-source.ts'
import { collectorConditionNames, collectorConditionOf } from '../hub/collector-state.ts'
import { useHubHealth } from '../hub/health.ts'
import { machineHeartbeatKey } from '../hub/last-heartbeat-store.ts'
import { useMachines } from '../hub/machine.ts'
import { collectorColors, sourceColor } from '../machines/collector-color.ts'
import { Link } from '../router/link.tsx'
import { HeartbeatAge } from '../sessions/heartbeat-age.tsx'
import { Moment } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { StatusIndicator } from '../ui/status-indicator.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/settings.ts'
import { LabelledCell } from './labelled-cell.tsx'
import './keys-panel.css'
import './collectors-panel.css'

/** The collectors, and what they said last. */
export function CollectorsPanel() {
  const machines = useMachines()
  const hubVersion = useHubHealth().data?.version
  const collecting = [...(machines.data?.values() ?? [])].filter(({ collector }) => collector !== undefined)
  if (machines.data === undefined) return null
  return (
    <Panel title={t.collectors}>
      {collecting.length === 0 ? (
        <p className="muted">{t.noCollectorYet(<Link to="/machines">{t.machines}</Link>)}</p>
      ) : (
        <table className="key-table">
          <thead>
            <tr>
              {[t.machine, t.state, t.lastContact, t.version, t.sources].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {collecting.map((machine) => (
              <CollectorRow key={machine.machine_id} machine={machine} hubVersion={hubVersion} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}

function CollectorRow({ machine, hubVersion }: { readonly machine: ListedMachine; readonly hubVersion: string | undefined }) {
  const { machine_id, collector } = machine
  if (collector === undefined) return null
  const condition = collectorConditionOf(collector)
  const isOther = hubVersion !== undefined && collector.version !== hubVersion
  return (
    <tr>
      <th scope="row">
        <Link to="/machines" hash={machine_id} className="breakable">
          {machine_id}
        </Link>
      </th>
      <LabelledCell column={t.state}>
        <span className="collector-state">
          <StatusIndicator color={collectorColors[condition]} /> {collectorConditionNames[condition]}
        </span>
      </LabelledCell>
      <LabelledCell column={t.lastContact}>
        {collector.connected ? (
          t.ago(<HeartbeatAge id={machineHeartbeatKey(machine_id)} known={collector.last_contact} />)
        ) : (
          <Moment at={collector.last_contact} zone={browserTimeZone()} />
        )}
      </LabelledCell>
      <LabelledCell column={t.version}>
        {collector.version}
        {isOther && <div className="small muted">{t.otherThanHub(hubVersion)}</div>}
      </LabelledCell>
      <LabelledCell column={t.sources}>
        <ul className="collector-sources">
          {(collector.sources ?? []).map((source) => (
            <li key={source.name}>
              <StatusIndicator color={sourceColor(source.state, condition)} /> <span className="breakable">{describeSource(source)}</span>
            </li>
          ))}
        </ul>
      </LabelledCell>
    </tr>
  )
}
