import type { ListedMachine } from '../hub/answer.ts'
import { collectorConditionNames, collectorConditionOf, formatPending } from '../hub/collector-state.ts'
import { collectorColors } from '../machines/collector-color.ts'
import { StatusIndicator } from '../ui/status-indicator.tsx'
import { t } from '../words/sessions.ts'

/** What is wrong with the collector of a machine; nothing while it is connected and up to date, or where there is none. */
export function CollectorNote({ machine: { collector } }: { readonly machine: Pick<ListedMachine, 'collector'> }) {
  const condition = collector && collectorConditionOf(collector)
  if (collector === undefined || condition === undefined || condition === 'connected') return null
  return (
    <span className="machine-status" title={formatPending(collector)}>
      {t.collector(<StatusIndicator color={collectorColors[condition]} />, collectorConditionNames[condition])}
    </span>
  )
}
