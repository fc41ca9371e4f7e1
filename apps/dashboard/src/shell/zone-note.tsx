import { isBrowserZoneUnknown } from '../ui/time-format.ts'
import './connection-status.css'

/** Says that times are in UTC because the browser does not know its time zone. */
export function ZoneNote() {
  if (!isBrowserZoneUnknown) return null
  return (
    <p className="offline-note">
      <strong>Times are in UTC:</strong> this browser does not know its time zone. Set the time zone of this device, then reload the page.
    </p>
  )
}
