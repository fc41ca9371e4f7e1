import { t } from '../words/ui.ts'
import { formatCompact, formatExact, formatExactUsd, formatUsd } from './number-format.ts'

/** A count: compact on the screen, exact on hover, for screen readers and for programs (`<data value>`). */
export function Count({
  value,
  unit,
  atLeast,
}: {
  readonly value: number
  readonly unit?: 'token'
  /** Why the count is at least this much, from `whyAtLeast`. */
  readonly atLeast?: string | undefined
}) {
  const mark = atLeast === undefined ? '' : '≥'
  const short = `${mark}${formatCompact(value)}`
  const exact = formatExact(value)
  const label = [unit === undefined ? exact : t.exactTokens(exact, value), ...(atLeast === undefined ? [] : [atLeast])].join(', ')
  if (short === exact && unit === undefined) return <data value={value}>{short}</data>
  return (
    <data value={value} title={label}>
      <span aria-hidden="true">{short}</span>
      <span className="visually-hidden">{label}</span>
    </data>
  )
}

/** US dollars at list price. A cost without a price is shown as unknown, never as zero. */
export function Money({
  value,
  calls = 1,
  atLeast,
}: {
  readonly value: number | null /** Number of calls in the sum: without calls it is zero, not unknown. */
  readonly calls?: number
  /** Why the cost is at least this much, from `whyAtLeast`. */
  readonly atLeast?: string | undefined
}) {
  if (value === null && calls > 0) {
    return (
      <span className="muted" title={t.noPriceIsKnown}>
        {t.unknown}
      </span>
    )
  }
  const known = value ?? 0
  const label = t.atListPrice(formatExactUsd(known), atLeast === undefined ? '' : `, ${atLeast}`)
  return (
    <data value={known} title={label}>
      <span aria-hidden="true">
        {/* Of less than a cent that may be more, `≥<$0.01` would say both. */}
        {atLeast === undefined ? formatUsd(known) : `≥${formatUsd(known < 0.005 ? 0 : known)}`}
      </span>
      <span className="visually-hidden">{label}</span>
    </data>
  )
}
