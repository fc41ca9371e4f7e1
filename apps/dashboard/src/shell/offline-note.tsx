import { useLive } from '../hub/live-context.ts'
import { Ago } from '../ui/moment.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import './connection-status.css'

/** Shows since when the numbers are no longer updated. */
export function OfflineNote() {
  const { status, lostAt } = useLive()
  if (status !== 'offline' || lostAt === undefined) return null
  return (
    <p className="offline-note">
      <strong>The hub does not respond.</strong> The numbers were last updated{' '}
      <Ago at={new Date(lostAt).toISOString()} zone={browserTimeZone()} />. The page reconnects by itself. If the hub is stopped, start it
      with <code>npm start</code>.
    </p>
  )
}
