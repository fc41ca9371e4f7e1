import { useId } from 'react'
import { Button } from '../../ui/button.tsx'
import { browserTimeZone } from '../../ui/time-format.ts'
import { t } from '../../words/channels.ts'
import type { ChannelForm, QuietHours, Weekday } from './channel-form.ts'
import { weekdays } from './quiet-hours.ts'
import './quiet-hours-fields.css'

const MAX_SPANS = 20

interface QuietHoursFieldsProps {
  readonly form: ChannelForm
  readonly change: (part: Partial<ChannelForm>) => void
}

/** Hours in which a channel is not notified: several spans, each with its days. */
export function QuietHoursFields({ form, change }: QuietHoursFieldsProps) {
  const id = useId()
  const { quietHours: spans, letsThrough } = form
  const zone = spans[0]?.zone ?? browserTimeZone()
  const set = (at: number, span: QuietHours) => change({ quietHours: spans.map((one, index) => (index === at ? span : one)) })
  return (
    <fieldset className="quiet-hours">
      <legend>{t.quietHours}</legend>
      <p className="small muted">{t.nothingIsSentIn}</p>
      {spans.map((span, at) => (
        <QuietSpan
          // biome-ignore lint/suspicious/noArrayIndexKey: a span has no other identity
          key={at}
          number={at + 1}
          span={span}
          onChange={(next) => set(at, next)}
          onRemove={() => change({ quietHours: spans.toSpliced(at, 1) })}
        />
      ))}
      <div>
        <Button
          disabled={spans.length >= MAX_SPANS}
          onClick={() => change({ quietHours: [...spans, { from: '22:00', to: '07:00', zone }] })}
        >
          {t.addQuietHours}
        </Button>
      </div>
      {spans.length > 0 && (
        <>
          <label className="check-line">
            <input
              type="checkbox"
              checked={letsThrough === 'critical'}
              onChange={(event) => change({ letsThrough: event.target.checked ? 'critical' : 'none' })}
            />
            {t.criticalAlertsAreSent}
          </label>
          <div className="field">
            <label htmlFor={`${id}-zone`}>{t.timeZone}</label>
            <input
              id={`${id}-zone`}
              className="input"
              list={`${id}-zones`}
              autoComplete="off"
              value={zone}
              onChange={(event) => change({ quietHours: spans.map((span) => ({ ...span, zone: event.target.value })) })}
            />
            <datalist id={`${id}-zones`}>
              {Intl.supportedValuesOf('timeZone').map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
          </div>
        </>
      )}
    </fieldset>
  )
}

interface QuietSpanProps {
  readonly number: number
  readonly span: QuietHours
  readonly onChange: (span: QuietHours) => void
  readonly onRemove: () => void
}

function QuietSpan({ number, span, onChange, onRemove }: QuietSpanProps) {
  const days = span.days ?? weekdays
  function toggle(day: Weekday, checked: boolean): void {
    const chosen = weekdays.filter((one) => (one === day ? checked : days.includes(one)))
    if (chosen.length === 0) return
    const { days: _, ...rest } = span
    onChange(chosen.length === weekdays.length ? rest : { ...rest, days: chosen })
  }
  return (
    <fieldset className="quiet-span">
      <legend className="visually-hidden">{t.quietHoursNumber(number)}</legend>
      <label>
        {t.from}{' '}
        <input
          type="time"
          className="input"
          required
          value={span.from}
          onChange={(event) => onChange({ ...span, from: event.target.value })}
        />
      </label>
      <label>
        {t.toTime}{' '}
        <input type="time" className="input" required value={span.to} onChange={(event) => onChange({ ...span, to: event.target.value })} />
      </label>
      <Button variant="bare" onClick={onRemove} aria-label={t.removeQuietHours(number)}>
        {t.remove}
      </Button>
      <div className="quiet-days">
        {weekdays.map((day) => (
          <label key={day}>
            <input type="checkbox" checked={days.includes(day)} onChange={(event) => toggle(day, event.target.checked)} />
            <span aria-hidden="true">{`${day.charAt(0).toUpperCase()}${day.slice(1, 3)}`}</span>
            <span className="visually-hidden">{day}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
