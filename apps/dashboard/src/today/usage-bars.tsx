import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react'
import type { UsageRow, UsageSums } from '../hub/answer.ts'
import { whyAtLeast } from '../ui/at-least.ts'
import { formatModelName } from '../ui/model-name.ts'
import { formatCompact, formatUsd } from '../ui/number-format.ts'
import { partKey } from '../ui/part-name.ts'
import { modelColor } from '../usage/model-color.ts'
import { t } from '../words/today.ts'
import { labelledBars, type RangeBuckets } from './today-range.ts'
import './usage-bars.css'

interface UsageBarsProps extends RangeBuckets {
  /** Names the chart for screen readers: `Cost by hour`. */
  readonly name: string
  readonly rows: readonly UsageRow[]
  /** The models in the order in which they are stacked; one colour without them. */
  readonly models?: readonly string[]
  /** Whether the height is the cost, or else the tokens. */
  readonly priced: boolean
  /** The bar that is now; later ones are to come. */
  readonly current?: string | undefined
  /** What the text above the bars says while none is chosen. */
  readonly summary: ReactNode
  /** Enter and a double click open a bar. */
  readonly onOpen?: (key: string) => void
  /** At most so many labels fit under the bars. */
  readonly maxLabels: number
  /** Between the bars and the labels. */
  readonly children?: ReactNode
}

/** Bars that are read by hover, touch and keyboard: the text above them says what the chosen one has. */
export function UsageBars({ group, name, buckets, rows, models, priced, current, summary, onOpen, maxLabels, children }: UsageBarsProps) {
  const [chosen, setChosen] = useState<number>()
  const byKey = new Map(rows.map((row) => [keyOf(row, group), row]))
  const measure = (sums: UsageSums) => (priced ? (sums.cost_usd ?? 0) : sums.total_tokens)
  const highest = Math.max(...rows.map(measure), Number.MIN_VALUE)
  const isLeast = rows.some((row) => measure(row) === highest && whyAtLeast(row) !== undefined)
  const at = chosen !== undefined && chosen < buckets.length ? chosen : undefined
  const bucket = at === undefined ? undefined : buckets[at]
  const last = Math.max(0, current === undefined ? buckets.length - 1 : buckets.findIndex(({ key }) => key === current))
  const text = bucket === undefined ? undefined : describe(bucket.title, byKey.get(bucket.key))

  function choose(event: PointerEvent<HTMLElement>): void {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    setChosen(Math.min(buckets.length - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * buckets.length))))
  }

  function move(event: KeyboardEvent): void {
    const from = at ?? last
    const target = { ArrowLeft: from - 1, ArrowDown: from - 1, ArrowRight: from + 1, ArrowUp: from + 1, Home: 0, End: buckets.length - 1 }[
      event.key
    ]
    if (target !== undefined) setChosen(at === undefined ? last : Math.min(buckets.length - 1, Math.max(0, target)))
    else if (event.key === 'Enter' && bucket !== undefined) onOpen?.(bucket.key)
    else if (event.key === 'Escape') setChosen(undefined)
    else return
    event.preventDefault()
  }

  return (
    <div className="usage-bars">
      <p className="usage-bars-text small">{text ?? summary}</p>
      <div
        className="usage-bars-plot"
        role="slider"
        tabIndex={0}
        aria-label={t.aBarForEach(name, t.groupNames[group])}
        aria-valuemin={1}
        aria-valuemax={buckets.length}
        aria-valuenow={(at ?? last) + 1}
        aria-valuetext={text ?? describe(buckets[last]?.title ?? '', byKey.get(buckets[last]?.key ?? ''))}
        onPointerMove={choose}
        onPointerDown={choose}
        onPointerLeave={(event) => event.pointerType === 'mouse' && setChosen(undefined)}
        onDoubleClick={() => bucket !== undefined && onOpen?.(bucket.key)}
        onKeyDown={move}
        onBlur={() => setChosen(undefined)}
      >
        <span className="usage-bars-highest" aria-hidden="true">
          {isLeast && '≥'}
          {priced ? formatUsd(highest === Number.MIN_VALUE ? 0 : highest) : formatCompact(Math.round(highest))}
        </span>
        {buckets.map(({ key }, index) => {
          const row = byKey.get(key)
          return (
            <span
              key={key}
              className="usage-bar"
              data-chosen={index === at || undefined}
              data-current={key === current || undefined}
              data-future={index > last || undefined}
            >
              {row !== undefined &&
                (models === undefined ? (
                  <i style={{ height: `${(measure(row) / highest) * 100}%` }} />
                ) : (
                  models.map((model) => {
                    const part = row.models.find((candidate) => partKey(candidate) === model)
                    const height = part === undefined ? 0 : (measure(part) / highest) * 100
                    return height === 0 ? null : <i key={model} style={{ height: `${height}%`, background: modelColor(model) }} />
                  })
                ))}
            </span>
          )
        })}
      </div>
      {children}
      <div className="usage-bars-axis" aria-hidden="true">
        {labelledBars(buckets.length, maxLabels).map((index, _, all) => (
          <span key={index} style={{ width: `${(Math.min(all[1] ?? buckets.length, buckets.length - index) / buckets.length) * 100}%` }}>
            {buckets[index]?.label}
          </span>
        ))}
      </div>
    </div>
  )
}

function keyOf(row: UsageRow, group: RangeBuckets['group']): string {
  const name = row[group] ?? ''
  return group === 'day' ? name : new Date(name).toISOString()
}

/** `9:00 AM to 10:00 AM: $4.20, 1.2M tokens, Opus 5.5 $4.00, Haiku 4.5 $0.20`. */
function describe(title: string, row: UsageRow | undefined): string {
  if (row === undefined || (row.calls === 0 && row.total_tokens === 0)) return t.noUsageIn(title)
  const cost = row.cost_usd === null ? t.costUnknownLabel : `${whyAtLeast(row) === undefined ? '' : '≥'}${formatUsd(row.cost_usd)}`
  const [first, second] = [...row.models].sort((a, b) => (b.cost_usd ?? 0) - (a.cost_usd ?? 0) || b.total_tokens - a.total_tokens)
  const most =
    first === undefined ? '' : second === undefined ? `, ${formatModelName(partKey(first))}` : t.mostOfIt(formatModelName(partKey(first)))
  return t.barText(title, cost, formatCompact(row.total_tokens), row.total_tokens, formatCompact(row.calls), row.calls, most)
}
