import type { Problem } from '../hub/answer.ts'
import { CopyLine } from '../ui/copy-line.tsx'
import { Icon } from '../ui/icon.tsx'
import { useNow } from '../ui/use-now.ts'
import { secondsLeft, type Trouble } from './card-state.ts'

/** Why the numbers are not there, or not of now. A screen reader hears of it once, not of every second. */
export function TroubleNote({ trouble }: { readonly trouble: Exclude<Trouble, { kind: 'loading' }> }) {
  if (trouble.kind === 'waiting') return <Waiting problem={trouble.problem} />
  return (
    <div className="limits-note" data-kind={trouble.kind} role="status">
      <Icon name="warning" size={16} />
      <div>
        {trouble.kind === 'retrying' && <p className="limits-note-word">Connection error - retrying</p>}
        {trouble.kind === 'resting' && <Resting trialAt={trouble.trialAt} />}
        {trouble.kind === 'unavailable' && (
          <>
            <p className="limits-note-word">Data unavailable</p>
            <p className="small breakable">{trouble.problem.message}</p>
            {trouble.problem.suggestion !== undefined && <p className="small breakable">{trouble.problem.suggestion}</p>}
            {trouble.problem.requestId !== undefined && (
              <p className="small">
                Request id <code className="breakable">{trouble.problem.requestId}</code>
              </p>
            )}
          </>
        )}
      </div>
    </div>
  )
}

function Resting({ trialAt }: { readonly trialAt: number }) {
  useNow(1_000)
  const left = secondsLeft(trialAt, performance.now())
  return (
    <>
      <p className="limits-note-word" aria-hidden="true">
        {`Service temporarily unavailable - retrying ${left > 0 ? `in ${left}s` : 'now'}`}
      </p>
      <p className="unseen">Service temporarily unavailable - retrying within a minute</p>
    </>
  )
}

function Waiting({ problem }: { readonly problem: Problem }) {
  return (
    <div className="limits-waiting">
      <h3>Waiting for data</h3>
      <p className="quiet">No reading of the plan’s limits has come in yet. The collector takes them where Claude Code is used.</p>
      {problem.suggestion !== undefined && <p className="small breakable">{problem.suggestion}</p>}
      <dl>
        <div>
          <dt>Start hub and collector</dt>
          <dd>
            <CopyLine text="npm start" label="the command that starts hub and collector" />
          </dd>
        </div>
        <div>
          <dt>Sign in once to the usage page</dt>
          <dd>
            <CopyLine text="npx signalbox console login" label="the command that signs in" />
          </dd>
        </div>
      </dl>
    </div>
  )
}
