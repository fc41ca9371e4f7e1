import { MonthPanel } from '../today/month-panel.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { useToday } from '../ui/use-today.ts'
import '../today/today.css'

/** The month to date. */
export function MonthCard() {
  const zone = browserTimeZone()
  return <MonthPanel today={useToday(zone)} zone={zone} />
}
