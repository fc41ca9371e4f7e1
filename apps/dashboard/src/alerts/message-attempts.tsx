import { describeAttempts } from '../hub/alert-words.ts'
import type { AlertMessage } from '../hub/answer.ts'
import { Moment } from '../ui/moment.tsx'
import { browserTimeZone, formatExactMoment, formatExactTime } from '../ui/time-format.ts'
import { t } from '../words/alerts.ts'
import './message-attempts.css'

/** Each attempt to send a message: when, and what the peer answered. */
export function MessageAttempts({ message }: { readonly message: AlertMessage }) {
  const zone = browserTimeZone()
  const outcomes = describeAttempts(message)
  return (
    <>
      {message.attempts.length > 0 && (
        <ol className="attempts" aria-label={t.attempts}>
          {message.attempts.map((attempt, at) => (
            <li key={attempt.n} data-outcome={attempt.outcome ?? 'sending'}>
              <time dateTime={attempt.started_at} title={formatExactMoment(Date.parse(attempt.started_at), zone)}>
                {formatExactTime(Date.parse(attempt.started_at), zone)}
              </time>
              <span className="breakable">{outcomes[at]}</span>
            </li>
          ))}
        </ol>
      )}
      {message.state === 'sealed' && message.next_at !== undefined && message.attempts.length > 0 && (
        <p className="small muted">{t.nextAttempt(<Moment at={message.next_at} zone={zone} />)}</p>
      )}
      {message.state === 'dropped' && <p className="small muted">{t.givenUp(message.reason ?? t.noReasonGiven)}</p>}
      {message.may_be_repeat && <p className="small muted">{t.itSaysThatIt}</p>}
    </>
  )
}
