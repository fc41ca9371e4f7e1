import type { Problem } from '../hub/answer.ts'
import { noPlanNote } from '../hub/limit-row.ts'
import { useConnectedCollectors, useMachines } from '../hub/machine.ts'
import { CommandList } from '../ui/command-list.tsx'
import { t } from '../words/limit-history.ts'
import { type AddableSource, findSources } from './found-sources.ts'

const startCommand = { label: t.startHubAndCollector, command: 'npm start', copyLabel: t.theStartCommand }
const statusCommand = {
  label: t.whatEachSourceSays,
  command: 'npx signalbox collector status',
  copyLabel: t.theCommandThatShows,
}
const sourceCommands: Readonly<Record<AddableSource, { label: string; command: string; copyLabel: string }>> = {
  statusline: {
    label: t.takeThemFromClaude,
    command: 'npx signalbox statusline install',
    copyLabel: t.theCommandThatInstalls,
  },
  console: { label: t.signInToUsage, command: 'npx signalbox web login', copyLabel: t.theSignInCommand },
}

/** What makes the first plan limits arrive. */
export function NoSnapshotYet({ problem }: { readonly problem: Problem }) {
  const collectors = useConnectedCollectors()
  const connected = collectors !== undefined && collectors.length > 0
  const found = findSources(useMachines().data?.values() ?? [])
  const offered = connected ? found.addable.map((name) => sourceCommands[name]) : Object.values(sourceCommands)
  return (
    <div className="limits-waiting">
      <h3>{t.waitingForData}</h3>
      <p className="muted">
        {connected && problem.isExplained ? (
          <span className="breakable">{problem.suggestion}</span>
        ) : connected ? (
          t.butNoSourceHas(
            collectors.length === 1
              ? t.theCollectorOnIs(<b className="breakable">{collectors[0]}</b>)
              : t.collectorsAreConnected(collectors.length),
            offered.length > 0 && t.addOneOfThese,
          )
        ) : (
          t.noPlanLimitsHave
        )}
      </p>
      {!connected && problem.suggestion !== undefined && <p className="small breakable">{problem.suggestion}</p>}
      {connected && found.machines.length > 0 && (
        <dl className="limits-found small">
          {found.machines.map(({ machine_id, sources }) => (
            <div key={machine_id}>
              <dt className="breakable">{machine_id}</dt>
              {sources.map((source) => (
                <dd key={source} className="breakable">
                  {source}
                </dd>
              ))}
            </div>
          ))}
        </dl>
      )}
      <CommandList commands={connected ? [...offered, statusCommand] : [startCommand, ...offered]} />
      <p className="small muted">{noPlanNote}</p>
    </div>
  )
}
