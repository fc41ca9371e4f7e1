import type { CurrentLimits } from '../hub/answer.ts'
import { t } from '../words/limits.ts'

/** The plan and its price, when a snapshot contains them. */
export function PlanDetails({ limits: { planInfo } }: { readonly limits: CurrentLimits }) {
  if (planInfo === undefined) return null
  const { name, tier, cost, nextBillingDate } = planInfo
  const details = [tier, cost, nextBillingDate === undefined ? undefined : t.nextBill(nextBillingDate)].filter(
    (detail) => detail !== undefined,
  )
  return (
    <p className="limits-plan">
      <b>{name}</b> {details.length > 0 && <span className="small muted">{details.join(' · ')}</span>}
    </p>
  )
}
