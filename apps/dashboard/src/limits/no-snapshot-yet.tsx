import type { Problem } from '../hub/answer.ts'
import { noPlanNote } from '../hub/limit-row.ts'
import { useConnectedCollectors, useMachines } from '../hub/machine.ts'
import { CommandList } from '../ui/command-list.tsx'
import { type AddableSource, findSources } from './found-sources.ts'

const startCommand = { label: 'Start the hub and the collector', command: 'npm start', copyLabel: 'the start command' }
const statusCommand = {
  label: 'What each source says',
  command: 'npx signalbox collector status',
  copyLabel: 'the command that shows the sources',
}
const sourceCommands: Readonly<Record<AddableSource, { label: string; command: string; copyLabel: string }>> = {
  statusline: {
    label: "Take them from Claude Code's status line",
    command: 'npx signalbox statusline install',
    copyLabel: 'the command that installs the status line',
  },
  console: { label: 'Sign in to the usage page once', command: 'npx signalbox web login', copyLabel: 'the sign-in command' },
}

/** What makes the first plan limits arrive. */
export function NoSnapshotYet({ problem }: { readonly problem: Problem }) {
  const collectors = useConnectedCollectors()
  const connected = collectors !== undefined && collectors.length > 0
  const found = findSources(useMachines().data?.values() ?? [])
  const offered = connected ? found.addable.map((name) => sourceCommands[name]) : Object.values(sourceCommands)
  return (
    <div className="limits-waiting">
      <h3>Waiting for data</h3>
      <p className="muted">
        {connected && problem.isExplained ? (
          <span className="breakable">{problem.suggestion}</span>
        ) : connected ? (
          <>
            {collectors.length === 1 ? (
              <>
                The collector on <b className="breakable">{collectors[0]}</b> is connected
              </>
            ) : (
              `${collectors.length} collectors are connected`
            )}
            , but no source has read plan limits yet.
            {offered.length > 0 && ' Add one of these where you use Claude Code:'}
          </>
        ) : (
          'No plan limits have been received yet. The collector reads them on the machines where Claude Code runs.'
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
