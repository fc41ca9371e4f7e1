import { usePauseAlerts } from '../hub/alerts.ts'
import type { AlertSummary } from '../hub/answer.ts'
import { toProblem } from '../hub/problem.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { Button } from '../ui/button.tsx'
import { RecentMoment } from '../ui/moment.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/alerts.ts'
import './pause-note.css'

/** Says that nothing is sent, why and until when, and ends that. */
export function PauseNote({ pause }: { readonly pause: NonNullable<AlertSummary['paused']> }) {
  const resume = usePauseAlerts()
  const mayResume = useWhoAmI().data?.scopes.includes('admin') === true
  return (
    <div className="pause-note" role="note">
      <p className="breakable">
        {t.alertsOpenAndClose(
          <strong>{t.allMessagesArePaused(<RecentMoment at={pause.until} zone={browserTimeZone()} />)}</strong>,
          pause.reason !== undefined && t.reason(pause.reason),
          pause.by !== undefined && t.pausedBy(pause.by),
        )}
      </p>
      {mayResume && (
        <Button onClick={() => resume.mutate(undefined)} disabled={resume.isPending}>
          {t.resume}
        </Button>
      )}
      {resume.error !== null && <ProblemNote {...toProblem(resume.error)} />}
    </div>
  )
}
