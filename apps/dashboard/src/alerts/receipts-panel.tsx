import { channelWords, describeNotice, flipNames } from '../hub/alert-words.ts'
import type { AlertDetail } from '../hub/answer.ts'
import { useChannels } from '../hub/channels.ts'
import { Link } from '../router/link.tsx'
import { Moment } from '../ui/moment.tsx'
import { Panel } from '../ui/panel.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { t } from '../words/alerts.ts'
import { MessageAttempts } from './message-attempts.tsx'
import { notifiedChannels } from './notified-channels.ts'
import './receipts-panel.css'

/** Which channel was notified of what, when, with each attempt and what the peer answered. */
export function ReceiptsPanel({ alert }: { readonly alert: AlertDetail }) {
  const channels = useChannels()
  const zone = browserTimeZone()
  const notified = notifiedChannels(alert, channels.data ?? [])
  return (
    <Panel title={t.messages} className="receipts">
      {notified.length === 0 && (
        <p className="muted">
          {alert.state === 'pending'
            ? t.nothingIsSentBefore
            : t.noChannelWasNotified(
                channels.data?.length === 0 ? t.thereIsNoneYet : t.whichChannelsRuleNotifies,
                <Link to="/settings" hash="channels">
                  {t.settings}
                </Link>,
              )}
        </p>
      )}
      <ul>
        {notified.map(({ channel_id, name, kind, notices }) => (
          <li key={channel_id} className="receipts-channel">
            <h3 className="breakable">
              {name} {kind !== undefined && <span className="muted">{channelWords[kind].name}</span>}
            </h3>
            <ol className="receipts-notices">
              {notices.map(({ notice, message }) => (
                <li key={notice.flip_id}>
                  <p>
                    <b>{flipNames[notice.what]}</b>{' '}
                    <span className="small muted">
                      <Moment at={notice.created_at} zone={zone} />
                      {message !== undefined && message.notices > 1 && t.inMessageWithMore(message.notices - 1)}
                    </span>
                  </p>
                  {describeNotice(notice) !== undefined && (
                    <p className="small muted breakable">
                      {describeNotice(notice)}
                      {notice.not_before !== undefined &&
                        notice.state === 'waiting' &&
                        t.notBefore(<Moment at={notice.not_before} zone={zone} />)}
                    </p>
                  )}
                  {message !== undefined && <MessageAttempts message={message} />}
                </li>
              ))}
            </ol>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
