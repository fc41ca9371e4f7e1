import { type FormEvent, useId, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Picker } from '../ui/picker.tsx'
import { formatShortDay } from '../ui/time-format.ts'
import { t } from '../words/usage.ts'
import { isDay } from './calendar.ts'
import { type RangeName, rangeLabels, rangeNames } from './range.ts'
import type { UsageView } from './use-usage-view.ts'
import './range-picker.css'

/** A named range or two dates. */
export function RangePicker({ view }: { readonly view: UsageView }) {
  const { range, rangeName, change } = view
  const text =
    rangeName !== undefined
      ? rangeLabels[rangeName]
      : `${range.since === undefined ? '…' : formatShortDay(range.since)} – ${range.until === undefined ? t.now : formatShortDay(range.until)}`
  return (
    <Picker
      label={t.time}
      text={text}
      value={rangeName ?? 'by-hand'}
      options={rangeNames.map((name) => ({ value: name, label: rangeLabels[name] }))}
      onPick={(picked) =>
        change({ range: picked === '30d' ? undefined : (picked as RangeName), since: undefined, until: undefined, step: undefined })
      }
      footer={(close) => <CustomRange view={view} onDone={close} />}
    />
  )
}

function CustomRange({ view, onDone }: { readonly view: UsageView; readonly onDone: () => void }) {
  const { range, today, change } = view
  const id = useId()
  const [since, setSince] = useState(range.since ?? '')
  const [until, setUntil] = useState(range.until ?? today)
  const reversed = isDay(since) && isDay(until) && until < since

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (reversed) return
    change({ range: undefined, since: isDay(since) ? since : undefined, until: isDay(until) ? until : undefined, step: undefined })
    onDone()
  }

  return (
    <form className="range-days" onSubmit={submit}>
      <div className="field">
        <label htmlFor={`${id}-since`}>{t.from}</label>
        <input
          id={`${id}-since`}
          className="input"
          type="date"
          max={today}
          value={since}
          onChange={(event) => setSince(event.target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}-until`}>{t.to}</label>
        <input
          id={`${id}-until`}
          className="input"
          type="date"
          value={until}
          onChange={(event) => setUntil(event.target.value)}
          aria-describedby={`${id}-problem`}
        />
      </div>
      <p className="range-problem small" id={`${id}-problem`} role="status">
        {reversed ? t.theStartDateMust : ''}
      </p>
      <Button type="submit" disabled={reversed}>
        {t.apply}
      </Button>
    </form>
  )
}
