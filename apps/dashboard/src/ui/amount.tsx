import { compact, exact, exactUsd, usd } from './number-format.ts'

/** A count, short for the eye and exact on hover, for screen readers and for programs (`<data value>`). */
export function Count({ value, unit }: { readonly value: number; readonly unit?: string }) {
  const short = compact(value)
  const whole = exact(value)
  const said = unit === undefined ? whole : `${whole} ${unit}`
  if (short === whole && unit === undefined) return <data value={value}>{short}</data>
  return (
    <data value={value} title={said}>
      <span aria-hidden="true">{short}</span>
      <span className="unseen">{said}</span>
    </data>
  )
}

/** US dollars at list price. What has no price is unknown and says so; it is never shown as nothing. */
export function Money({
  value,
  calls = 1,
}: {
  readonly value: number | null /** Calls the sum is over: of none, nothing is unknown. */
  readonly calls?: number
}) {
  if (value === null && calls > 0) {
    return (
      <span className="quiet" title="No price is known for this model, so its cost is unknown">
        unknown
      </span>
    )
  }
  const known = value ?? 0
  const said = `${exactUsd(known)} at list price`
  return (
    <data value={known} title={said}>
      <span aria-hidden="true">{usd(known)}</span>
      <span className="unseen">{said}</span>
    </data>
  )
}
