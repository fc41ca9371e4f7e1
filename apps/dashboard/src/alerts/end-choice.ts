import { t } from '../words/alerts.ts'

export interface EndOption {
  readonly value: string
  readonly label: string
}

/** When a snooze or a pause may end. */
export const endOptions: readonly EndOption[] = [
  { value: '15m', label: t.minutes15 },
  { value: '1h', label: t.hour1 },
  { value: '4h', label: t.hours4 },
  { value: 'tomorrow', label: t.untilTomorrowMorning },
  { value: '1w', label: t.week1 },
  { value: 'at', label: t.until },
]
