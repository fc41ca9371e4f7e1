import { useState } from 'react'
import { usePauseAlerts } from '../hub/alerts.ts'
import { Button } from '../ui/button.tsx'
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
      <Button onClick={() => setOpen(true)}>Pause all</Button>
      {open && (
        <EndDialog
          title="Pause all messages"
          about="No channel is notified of anything until then. Alerts open and close on this page as always; at the end, what is still open is sent."
          action="Pause"
          pending={pause.isPending}
          error={pause.error}
          onClose={close}
          onEnd={(end) => pause.mutate({ ...end, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) }, { onSuccess: close })}
        >
          <div className="field">
            <label htmlFor="pause-reason">Reason (optional)</label>
            <input
              id="pause-reason"
              className="input"
              maxLength={MAX_REASON_LENGTH}
              autoComplete="off"
              placeholder="maintenance"
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          </div>
        </EndDialog>
      )}
    </>
  )
}
