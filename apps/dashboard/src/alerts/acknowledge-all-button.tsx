import type { AlertFilter } from '../hub/alerts.ts'
import { useAcknowledgeAlerts } from '../hub/alerts.ts'
import { toProblem } from '../hub/problem.ts'
import { Button } from '../ui/button.tsx'
import { t } from '../words/alerts.ts'

interface AcknowledgeAllProps {
  readonly filter: AlertFilter
  /** Open alerts that no one has acknowledged. */
  readonly count: number
}

/** Acknowledges what the list shows and is open. */
export function AcknowledgeAllButton({ filter: { kind, severity }, count }: AcknowledgeAllProps) {
  const all = useAcknowledgeAlerts()
  const which = {
    ...(kind === undefined ? {} : { kind: [kind].flat() }),
    ...(severity === undefined ? {} : { severity: [severity].flat() }),
  }
  return (
    <>
      {all.error !== null && (
        <span className="small" role="alert">
          {t.theyCouldNotBe(toProblem(all.error).message)}
        </span>
      )}
      <Button onClick={() => all.mutate(which)} disabled={all.isPending || count === 0}>
        {t.acknowledgeAll}
      </Button>
    </>
  )
}
