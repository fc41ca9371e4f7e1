import type { AlertMessage, Channel } from '../../hub/answer.ts'
import { useChannelMessages } from '../../hub/channels.ts'
import { Link } from '../../router/link.tsx'
import { QueryProblem } from '../../shell/query-problem.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { browserTimeZone } from '../../ui/time-format.ts'
import { t } from '../../words/channels.ts'
import { MessageAttempts } from '../message-attempts.tsx'
import './channel-messages-dialog.css'

/** What went through a channel, newest first, with each attempt. */
export function ChannelMessagesDialog({ channel, onClose }: { readonly channel: Channel; readonly onClose: () => void }) {
  const messages = useChannelMessages(channel.channel_id)
  return (
    <Dialog onClose={onClose} title={t.messagesOf(channel.name)}>
      <QueryProblem query={messages} />
      {messages.data === undefined ? (
        messages.error === null && <Skeleton height={120} label={t.loadingMessages} />
      ) : messages.data.length === 0 ? (
        <p className="muted">{t.nothingWasSentYet}</p>
      ) : (
        <ul className="channel-messages">
          {messages.data.map((message) => (
            <MessageItem key={message.message_id} message={message} />
          ))}
        </ul>
      )}
      <div className="dialog-actions">
        <Button onClick={onClose}>{t.done}</Button>
      </div>
    </Dialog>
  )
}

function MessageItem({ message }: { readonly message: AlertMessage }) {
  const [first] = message.alert_ids
  return (
    <li>
      <p>
        {first === undefined ? (
          <b className="breakable">{message.title}</b>
        ) : (
          <Link to="/alerts/$id" params={{ id: first }} className="breakable">
            {message.title}
          </Link>
        )}
      </p>
      <p className="small muted">
        <Moment at={message.created_at} zone={browserTimeZone()} />
        {message.notices > 1 && t.noticesBehind(message.notices)}
      </p>
      <MessageAttempts message={message} />
    </li>
  )
}
