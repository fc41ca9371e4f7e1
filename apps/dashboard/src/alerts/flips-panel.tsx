import { alertSummaryOf, flipNames } from '../hub/alert-words.ts'
import type { AlertDetail } from '../hub/answer.ts'
import { Moment } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/alerts.ts'
import { severityNames } from './severity-mark.tsx'
import './flips-panel.css'

/** What has become of an alert, newest first. */
export function FlipsPanel({ alert }: { readonly alert: AlertDetail }) {
  const zone = browserTimeZone()
  return (
    <Panel title={t.whatHappened}>
      {alert.flips.length === 0 ? (
        <p className="muted">{t.nothingYet}</p>
      ) : (
        <ol className="flips">
          {alert.flips.toReversed().map((flip) => (
            <li key={flip.flip_id} data-what={flip.what} data-severity={flip.severity}>
              <span className="small muted">
                <Moment at={flip.occurred_at} zone={zone} />
              </span>
              <span className="breakable">
                <b>{flipNames[flip.what]}</b>{' '}
                <span className="muted">
                  {severityNames[flip.severity]}
                  {flip.summary !== alert.summary && `: ${alertSummaryOf({ ...alert, summary: flip.summary }).text}`}
                </span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}
