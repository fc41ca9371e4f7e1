import { useState } from 'react'
import { usePauseAlerts } from '../hub/alerts.ts'
import { Button } from '../ui/button.tsx'
import { t } from '../words/alerts.ts'
import { EndDialog } from './end-dialog.tsx'

const MAX_REASON_LENGTH = 200

/** Pauses all messages, with an end and a reason. */
export function PauseButton() {
  const pause = usePauseAlerts()
  const [open, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const close = () => {
    pause.reset()
    setOpen(false)
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t.pauseAll}</Button>
      {open && (
        <EndDialog
          title={t.pauseAllMessages}
          about={t.noChannelIsNotified}
          action={t.pause}
          pending={pause.isPending}
          error={pause.error}
          onClose={close}
          onEnd={(end) => pause.mutate({ ...end, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) }, { onSuccess: close })}
        >
          <div className="field">
            <label htmlFor="pause-reason">{t.reasonOptional}</label>
            <input
              id="pause-reason"
              className="input"
              maxLength={MAX_REASON_LENGTH}
              autoComplete="off"
              placeholder={t.maintenance}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          </div>
        </EndDialog>
      )}
    </>
  )
}
