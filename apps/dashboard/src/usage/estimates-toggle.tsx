import { Button } from '../ui/button.tsx'
import { t } from '../words/usage.ts'
import type { UsageView } from './use-usage-view.ts'
import './estimates-toggle.css'

interface EstimatesToggleProps {
  readonly view: UsageView
  readonly hasEstimates: boolean
}

/** Whether the sums have the estimated output of unfinished calls. Shown where there is any. */
export function EstimatesToggle({ view: { search, change }, hasEstimates }: EstimatesToggleProps) {
  const isOn = search.with_estimates === true
  if (!hasEstimates && !isOn) return null
  return (
    <Button
      className="estimates-toggle"
      aria-pressed={isOn}
      title={t.addsToSumsWhat}
      onClick={() => change({ with_estimates: isOn ? undefined : true })}
    >
      {t.withEstimates}
    </Button>
  )
}
