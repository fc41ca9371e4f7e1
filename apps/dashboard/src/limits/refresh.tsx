import { type ReactNode, useEffect, useEffectEvent } from 'react'
import type { Limits } from '../hub/limits.ts'
import { type SnapshotRequest, useRequestSnapshot } from '../hub/snapshot-request.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { browserTimeZone, formatMoment } from '../ui/time-format.ts'
import { t } from '../words/limits.ts'

/** How long the result stays on the card. */
const RESULT_VISIBLE_MS = 8_000
/** A collector that has not finished by then is no longer waited for. */
const TRIGGER_TIMEOUT_MS = 120_000

interface Refresh {
  readonly button: ReactNode
  /** Progress and result of the request. */
  readonly status: ReactNode
}

/** Fetches the hub's current limits and triggers a new snapshot by a collector. */
export function useRefresh(limits: Limits, account: string | undefined): Refresh {
  const request = useRequestSnapshot(account)
  const { sending, problem, progress } = request
  const finished = problem !== undefined || progress?.step === 'done' || progress?.step === 'failed'
  const accepted = request.accepted !== undefined
  const reset = useEffectEvent(request.reset)
  useEffect(() => {
    if (!finished && !accepted) return
    const timer = setTimeout(() => reset(), finished ? RESULT_VISIBLE_MS : TRIGGER_TIMEOUT_MS)
    return () => clearTimeout(timer)
  }, [finished, accepted])

  function refresh(): void {
    limits.refresh()
    if (!sending) request.send()
  }

  return {
    button: (
      <Button variant="bare" className="limits-refresh" onClick={refresh} aria-busy={sending || limits.fetching} title={t.requestUpdate}>
        <Icon name="refresh" size={16} /> {t.refresh}
      </Button>
    ),
    // Rendered even while empty: a live region that appears together with its text is not announced.
    status: (
      <p className="small limits-status" role="status" data-failed={problem !== undefined || progress?.step === 'failed' || undefined}>
        {formatStatus(request)}
      </p>
    ),
  }
}

function formatStatus({ accepted, progress, problem }: SnapshotRequest): string {
  // The card already shows that the hub does not respond.
  if (problem !== undefined) return problem.offline ? '' : formatInstants([problem.message, problem.suggestion].filter(Boolean).join('. '))
  if (accepted === undefined) return ''
  const machine = accepted.machine_id
  if (progress?.step === 'picked_up') return t.isReadingLimits(machine)
  if (progress?.step === 'done') return t.updatedBy(machine)
  if (progress?.step === 'failed') return t.couldNotReadLimits(machine, progress.message === undefined ? '' : `: ${progress.message}`)
  return t.requestedUpdateFrom(machine)
}

/** Replaces ISO instants with the browser's format. */
function formatInstants(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (instant) => formatMoment(Date.parse(instant), browserTimeZone()))
}
