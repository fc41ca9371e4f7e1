import { Suspense } from 'react'
import { Icon } from '../ui/icon.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { useNow } from '../ui/use-now.ts'
import { t } from '../words/limits.ts'
import { type CardProblem, secondsUntil } from './card-state.ts'
import { LimitsLoading } from './limits-loading.tsx'

/** Only a hub without plan limits shows it. The other notes are loaded with the card: without the hub they could not be. */
const NoSnapshotYet = lazyPart(() => import('./no-snapshot-yet.tsx').then((file) => ({ default: file.NoSnapshotYet })))

/** Why the numbers are missing or outdated. A screen reader announces it once, not every second. */
export function CardProblemNote({ state }: { readonly state: Exclude<CardProblem, { kind: 'loading' }> }) {
  if (state.kind === 'waiting')
    return (
      <Suspense fallback={<LimitsLoading />}>
        <NoSnapshotYet problem={state.problem} />
      </Suspense>
    )
  return (
    <div className="limits-note" data-kind={state.kind} role="status">
      <Icon name="warning" size={16} />
      <div>
        {state.kind === 'retrying' && <p className="limits-note-title">{t.connectionErrorRetrying}</p>}
        {state.kind === 'backoff' && <Backoff retryAt={state.retryAt} />}
        {state.kind === 'unavailable' && (
          <>
            <p className="limits-note-title">{t.dataUnavailable}</p>
            <p className="small breakable">{state.problem.message}</p>
            {state.problem.suggestion !== undefined && <p className="small breakable">{state.problem.suggestion}</p>}
            {state.problem.requestId !== undefined && (
              <p className="small">{t.requestId(<code className="breakable">{state.problem.requestId}</code>)}</p>
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
        {t.serviceTemporarilyUnavailableRetrying(left > 0 ? t.inS(left) : t.now)}
      </p>
      <p className="visually-hidden">{t.serviceTemporarilyUnavailableRetryingWithin}</p>
    </>
  )
}
