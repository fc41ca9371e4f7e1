import { useState } from 'react'
import { alertSummaryOf } from '../hub/alert-words.ts'
import type { useAlertAction } from '../hub/alerts.ts'
import type { Alert } from '../hub/answer.ts'
import { t } from '../words/alerts.ts'
import { EndDialog } from './end-dialog.tsx'

interface SnoozeAlertDialogProps {
  readonly alert: Alert
  readonly action: ReturnType<typeof useAlertAction>
  readonly onClose: () => void
}

/** Asks until when nothing is sent about an alert. */
export function SnoozeAlertDialog({ alert, action, onClose }: SnoozeAlertDialogProps) {
  const [untilChanged, setUntilChanged] = useState(true)
  return (
    <EndDialog
      title={t.snoozeThisAlert}
      about={t.nothingIsSentAbout(alertSummaryOf(alert).text)}
      action={t.snooze}
      pending={action.isPending}
      error={action.error}
      onClose={onClose}
      onEnd={(end) => action.mutate({ kind: 'snooze', snooze: { ...end, until_changed: untilChanged } }, { onSuccess: onClose })}
    >
      <label className="check-line">
        <input type="checkbox" checked={untilChanged} onChange={(event) => setUntilChanged(event.target.checked)} />
        {t.endItEarlierWhen}
      </label>
    </EndDialog>
  )
}
