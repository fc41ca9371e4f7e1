import { formatCompact, formatExact, formatExactUsd, formatUsd } from './number-format.ts'

/** A count: compact on the screen, exact on hover, for screen readers and for programs (`<data value>`). */
export function Count({ value, unit }: { readonly value: number; readonly unit?: string }) {
  const short = formatCompact(value)
  const exact = formatExact(value)
  const label = unit === undefined ? exact : `${exact} ${unit}`
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
}: {
  readonly value: number | null /** Number of calls in the sum: without calls it is zero, not unknown. */
  readonly calls?: number
}) {
  if (value === null && calls > 0) {
    return (
      <span className="muted" title="No price is known for this model, so its cost is unknown">
        unknown
      </span>
    )
  }
  const known = value ?? 0
  const label = `${formatExactUsd(known)} at list price`
  return (
    <data value={known} title={label}>
      <span aria-hidden="true">{formatUsd(known)}</span>
      <span className="visually-hidden">{label}</span>
    </data>
  )
}
