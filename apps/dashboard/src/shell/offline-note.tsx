import { useLive } from '../hub/live-context.ts'
import { Ago } from '../ui/moment.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/shell.ts'
import './connection-status.css'

/** Shows since when the numbers are no longer updated. */
export function OfflineNote() {
  const { status, lostAt } = useLive()
  if (status !== 'offline' || lostAt === undefined) return null
  return (
    <p className="offline-note">
      {t.theNumbersWereLast(
        <strong>{t.theHubDoesNotRespond}</strong>,
        <Ago at={new Date(lostAt).toISOString()} zone={browserTimeZone()} />,
        <code>npm start</code>,
      )}
    </p>
  )
}
