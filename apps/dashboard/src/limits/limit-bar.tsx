import type { Level } from '../hub/limit-row.ts'

interface LimitBarProps {
  readonly labelledBy: string
  /** 0–100; undefined where it is not known. */
  readonly used: number | undefined
  readonly level: Level
  /** Of the window's time, 0 to 1. */
  readonly passed: number | undefined
}

const levelWords: Record<Level, string> = { calm: '', amber: ', getting full', red: ', approaching the limit' }

/** Used so far, with a mark where the window's clock is; notches at 60 and 80, where the colour and the pattern change. */
export function LimitBar({ labelledBy, used, level, passed }: LimitBarProps) {
  if (used === undefined) return <div className="limit-bar" data-empty aria-hidden="true" />
  const clock = passed === undefined ? '' : `; ${Math.round(passed * 100)} % of its time has passed`
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <meter> has no place for the clock, and each browser draws it its own way
    <div
      className="limit-bar"
      data-level={level}
      role="meter"
      aria-labelledby={labelledBy}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={used}
      aria-valuetext={`${used} % used${levelWords[level]}${clock}`}
    >
      <span className="limit-track">
        <span className="limit-used" style={{ width: `${Math.min(100, used)}%` }} />
      </span>
      {passed !== undefined && (
        <span className="limit-clock" style={{ left: `${passed * 100}%` }} title={`${Math.round(passed * 100)} % of its time has passed`} />
      )}
    </div>
  )
}
