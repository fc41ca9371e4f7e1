import { t } from '../words/today.ts'
import { type TodayRange, todayRangeLabels, todayRanges } from './today-range.ts'
import './range-choice.css'

interface RangeChoiceProps {
  readonly value: TodayRange
  readonly onChange: (range: TodayRange) => void
}

/** The time range of all charts on Today. */
export function RangeChoice({ value, onChange }: RangeChoiceProps) {
  return (
    <fieldset className="range-choice">
      <legend className="visually-hidden">{t.timeRangeOfCharts}</legend>
      {todayRanges.map((range) => (
        <label key={range}>
          <input type="radio" name="today-range" checked={range === value} onChange={() => onChange(range)} />
          <span>{todayRangeLabels[range].short}</span>
        </label>
      ))}
    </fieldset>
  )
}
