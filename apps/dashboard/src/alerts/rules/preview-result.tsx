import type { AlertRulePreview } from '../../hub/answer.ts'
import { Moment } from '../../ui/moment.tsx'
import { browserTimeZone, formatDuration } from '../../ui/time-format.ts'
import { t } from '../../words/rules.ts'
import { SeverityMark } from '../severity-mark.tsx'
import './preview-result.css'

/** Entries listed of each part; the counts say how many there are. */
const MAX_ROWS = 20

/** What a rule says now, and what it would have opened lately. */
export function PreviewResult({ preview }: { readonly preview: AlertRulePreview }) {
  const zone = browserTimeZone()
  const { now, now_count, past, past_count, past_unknown, unknown, since } = preview
  return (
    <div className="preview" role="status">
      <p>
        {now_count === 0 ? t.itHoldsForNothing : t.itHoldsNowTimes(now_count)}
        {unknown > 0 && t.ofMoreThingsNothing(unknown)}
      </p>
      <ul>
        {now.slice(0, MAX_ROWS).map(({ subject, severity, summary, since: from }) => (
          <li key={subject}>
            <SeverityMark severity={severity} />
            <span className="breakable">{summary}</span>
            <span className="muted">{t.since(<Moment at={from} zone={zone} />)}</span>
          </li>
        ))}
      </ul>
      <p>
        {past_unknown ?? t.sinceItWouldHave(<Moment at={since} zone={zone} />, past_count === 0 ? t.noAlert : t.alertCount(past_count))}
      </p>
      <ul>
        {past.slice(0, MAX_ROWS).map(({ subject, severity, summary, opened_at, closed_at }) => (
          <li key={`${subject} ${opened_at}`}>
            <SeverityMark severity={severity} over={closed_at !== undefined} />
            <span className="breakable">{summary}</span>
            <span className="muted">
              <Moment at={opened_at} zone={zone} />
              {closed_at !== undefined && t.forTime(formatDuration(Date.parse(closed_at) - Date.parse(opened_at)))}
            </span>
          </li>
        ))}
      </ul>
      {past_count > MAX_ROWS && <p className="muted">{t.andMore(past_count - MAX_ROWS)}</p>}
    </div>
  )
}
