import type { AlertSeverity } from '@signalbox/contract/alert-severity'
import { type IndicatorColor, StatusIndicator } from '../ui/status-indicator.tsx'
import { t } from '../words/alerts.ts'
import './severity-mark.css'

const colors: Readonly<Record<AlertSeverity, IndicatorColor>> = { info: 'off', warning: 'amber', critical: 'red' }
export const severityNames: Readonly<Record<AlertSeverity, string>> = { info: t.info, warning: t.warning, critical: t.critical }

/** How bad an alert is, as a colour and a word. @param over whether it is over: then nothing needs a look */
export function SeverityMark({ severity, over = false }: { readonly severity: AlertSeverity; readonly over?: boolean }) {
  return (
    <span className="severity-mark">
      <StatusIndicator color={over ? 'off' : colors[severity]} />
      {severityNames[severity]}
    </span>
  )
}
