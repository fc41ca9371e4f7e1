import { useLive } from '../hub/live-context.ts'
import { Ago } from '../ui/moment.tsx'
import { browserZone } from '../ui/time-format.ts'
import './live.css'

/** Says since when the numbers below stand still. */
export function OfflineNote() {
  const { status, lostAt } = useLive()
  if (status !== 'offline' || lostAt === undefined) return null
  return (
    <p className="offline-note">
      <strong>The hub does not answer.</strong> What is shown is what it said last,{' '}
      <Ago at={new Date(lostAt).toISOString()} zone={browserZone()} />. The page keeps trying; if the hub was stopped, start it with{' '}
      <code>npm start</code>.
    </p>
  )
}
