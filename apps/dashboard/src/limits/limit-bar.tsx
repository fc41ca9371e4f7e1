import type { Level } from '../hub/limit-row.ts'
import { formatExactPercent, formatPercent } from '../ui/number-format.ts'
import { t } from '../words/limits.ts'

interface LimitBarProps {
  readonly labelledBy: string
  /** Percent, over 100 where extra usage pays; undefined when unknown. */
  readonly used: number | undefined
  readonly level: Level
  /** Elapsed share of the window, 0 to 1. */
  readonly elapsed: number | undefined
}

function describeLevel(level: Level, used: number): string {
  if (used > 100) return t.overLimit
  if (used === 100) return t.limitReached
  if (level === 'red') return t.approachingLimit
  return level === 'amber' ? ', high' : ''
}

/** The used share, with a mark at the elapsed time; notches at 60% and 80%, where colour and pattern change. */
export function LimitBar({ labelledBy, used, level, elapsed }: LimitBarProps) {
  if (used === undefined) return <div className="limit-bar" data-empty aria-hidden="true" />
  const elapsedText = elapsed === undefined ? undefined : t.ofWindowElapsed(formatPercent(elapsed))
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <meter> cannot show the elapsed time, and every browser draws it differently
    <div
      className="limit-bar"
      data-level={level}
      data-over={used > 100 || undefined}
      role="meter"
      aria-labelledby={labelledBy}
      aria-valuemin={0}
      aria-valuemax={Math.max(100, used)}
      aria-valuenow={used}
      aria-valuetext={t.used(
        formatExactPercent(used / 100),
        describeLevel(level, used),
        elapsedText === undefined ? '' : `; ${elapsedText}`,
      )}
    >
      <span className="limit-track">
        <span className="limit-used" style={{ width: `${Math.min(100, used)}%` }} />
      </span>
      {elapsed !== undefined && <span className="limit-elapsed" style={{ left: `${elapsed * 100}%` }} title={elapsedText} />}
    </div>
  )
}
