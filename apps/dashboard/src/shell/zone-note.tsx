import { isBrowserZoneUnknown } from '../ui/time-format.ts'
import { t } from '../words/shell.ts'
import './connection-status.css'

/** Says that times are in UTC because the browser does not know its time zone. */
export function ZoneNote() {
  if (!isBrowserZoneUnknown) return null
  return <p className="offline-note">{t.thisBrowserDoesNot(<strong>{t.timesAreInUtc}</strong>)}</p>
}
