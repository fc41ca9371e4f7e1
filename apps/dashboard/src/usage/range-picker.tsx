import { type FormEvent, useId, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Picker } from '../ui/picker.tsx'
import { shortDay } from '../ui/time-format.ts'
import { isDay } from './calendar.ts'
import { type RangeName, rangeLabels, rangeNames } from './range.ts'
import type { UsageView } from './use-usage-view.ts'
import './range-picker.css'

/** A named range, or two days. */
export function RangePicker({ view }: { readonly view: UsageView }) {
  const { range, rangeName, change } = view
  const shown =
    rangeName !== undefined
      ? rangeLabels[rangeName]
      : `${range.since === undefined ? '…' : shortDay(range.since)} – ${range.until === undefined ? 'now' : shortDay(range.until)}`
  return (
    <Picker
      label="Time"
      shown={shown}
      value={rangeName ?? 'by-hand'}
      options={rangeNames.map((name) => ({ value: name, label: rangeLabels[name] }))}
      onPick={(picked) =>
        change({ range: picked === '30d' ? undefined : (picked as RangeName), since: undefined, until: undefined, step: undefined })
      }
      footer={(close) => <Days view={view} onDone={close} />}
    />
  )
}

function Days({ view, onDone }: { readonly view: UsageView; readonly onDone: () => void }) {
  const { range, today, change } = view
  const id = useId()
  const [since, setSince] = useState(range.since ?? '')
  const [until, setUntil] = useState(range.until ?? today)
  const backwards = isDay(since) && isDay(until) && until < since

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (backwards) return
    change({ range: undefined, since: isDay(since) ? since : undefined, until: isDay(until) ? until : undefined, step: undefined })
    onDone()
  }

  return (
    <form className="range-days" onSubmit={submit}>
      <div className="field">
        <label htmlFor={`${id}-since`}>From</label>
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
        <label htmlFor={`${id}-until`}>To</label>
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
        {backwards ? 'The first day is after the last.' : ''}
      </p>
      <Button type="submit" disabled={backwards}>
        Show these days
      </Button>
    </form>
  )
}
