import type { Problem } from '../hub/answer.ts'
import { noPlanNote } from '../hub/limit-row.ts'
import { useConnectedCollectors } from '../hub/machine.ts'
import { CommandList } from '../ui/command-list.tsx'
import { Icon } from '../ui/icon.tsx'
import { useNow } from '../ui/use-now.ts'
import { type CardProblem, secondsUntil } from './card-state.ts'

/** Why the numbers are missing or outdated. A screen reader announces it once, not every second. */
export function CardProblemNote({ state }: { readonly state: Exclude<CardProblem, { kind: 'loading' }> }) {
  if (state.kind === 'waiting') return <NoSnapshotYet problem={state.problem} />
  return (
    <div className="limits-note" data-kind={state.kind} role="status">
      <Icon name="warning" size={16} />
      <div>
        {state.kind === 'retrying' && <p className="limits-note-title">Connection error - retrying</p>}
        {state.kind === 'backoff' && <Backoff retryAt={state.retryAt} />}
        {state.kind === 'unavailable' && (
          <>
            <p className="limits-note-title">Data unavailable</p>
            <p className="small breakable">{state.problem.message}</p>
            {state.problem.suggestion !== undefined && <p className="small breakable">{state.problem.suggestion}</p>}
            {state.problem.requestId !== undefined && (
              <p className="small">
                Request id <code className="breakable">{state.problem.requestId}</code>
              </p>
            )}
          </>
        )}
      </div>
    </div>
  )
}

function Backoff({ retryAt }: { readonly retryAt: number }) {
  useNow(1_000)
  const left = secondsUntil(retryAt, performance.now())
  return (
    <>
      <p className="limits-note-title" aria-hidden="true">
        {`Service temporarily unavailable - retrying ${left > 0 ? `in ${left}s` : 'now'}`}
      </p>
      <p className="visually-hidden">Service temporarily unavailable - retrying within a minute</p>
    </>
  )
}

const startCommand = { label: 'Start the hub and the collector', command: 'npm start', copyLabel: 'the start command' }
const statusCommand = {
  label: 'What each source says',
  command: 'npx signalbox collector status',
  copyLabel: 'the command that shows the sources',
}
const sourceCommands = [
  {
    label: "Take them from Claude Code's status line",
    command: 'npx signalbox statusline install',
    copyLabel: 'the command that installs the status line',
  },
  { label: 'Or sign in to the usage page once', command: 'npx signalbox web login', copyLabel: 'the sign-in command' },
]

function NoSnapshotYet({ problem }: { readonly problem: Problem }) {
  const collectors = useConnectedCollectors()
  const connected = collectors !== undefined && collectors.length > 0
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
            , but no source has read plan limits yet. Add one of these where you use Claude Code:
          </>
        ) : (
          'No plan limits have been received yet. The collector reads them on the machines where Claude Code runs.'
        )}
      </p>
      {!connected && problem.suggestion !== undefined && <p className="small breakable">{problem.suggestion}</p>}
      <CommandList commands={connected ? [...sourceCommands, statusCommand] : [startCommand, ...sourceCommands]} />
      <p className="small muted">{noPlanNote}</p>
    </div>
  )
}
