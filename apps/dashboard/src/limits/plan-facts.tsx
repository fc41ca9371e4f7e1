import type { CurrentLimitReading } from '../hub/answer.ts'

/** What is paid for, where the reading says it. */
export function PlanFacts({ reading: { planInfo } }: { readonly reading: CurrentLimitReading }) {
  if (planInfo === undefined) return null
  const { name, tier, cost, nextBillingDate } = planInfo
  const facts = [tier, cost, nextBillingDate === undefined ? undefined : `next bill ${nextBillingDate}`].filter(
    (fact) => fact !== undefined,
  )
  return (
    <p className="limits-plan">
      <b>{name}</b> {facts.length > 0 && <span className="small quiet">{facts.join(' · ')}</span>}
    </p>
  )
}
