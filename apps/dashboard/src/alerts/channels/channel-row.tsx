import { useState } from 'react'
import { channelStateNames, channelWords } from '../../hub/alert-words.ts'
import type { Channel } from '../../hub/answer.ts'
import { useRemoveChannel, useSnoozeChannel, useTestChannel } from '../../hub/channels.ts'
import { toProblem } from '../../hub/problem.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Ago, RecentMoment } from '../../ui/moment.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { type IndicatorColor, StatusIndicator } from '../../ui/status-indicator.tsx'
import { browserTimeZone } from '../../ui/time-format.ts'
import { useNow } from '../../ui/use-now.ts'
import { t } from '../../words/channels.ts'
import { EndDialog } from '../end-dialog.tsx'
import { ChangeChannelDialog } from './channel-dialog.tsx'
import { ChannelMessagesDialog } from './channel-messages-dialog.tsx'
import { formatQuietHours } from './quiet-hours.ts'
import { TestResult } from './test-result.tsx'
import './channel-row.css'

const colors: Readonly<Record<Channel['state'], IndicatorColor>> = { ok: 'green', failing: 'amber', broken: 'red', off: 'off' }

interface ChannelRowProps {
  readonly channel: Channel
  /** Whether this browser's key may change channels, and whether it may snooze them. */
  readonly mayChange: boolean
  readonly maySnooze: boolean
}

/** A channel: whether messages get through, and everything that can be done with it. */
export function ChannelRow({ channel, mayChange, maySnooze }: ChannelRowProps) {
  const { channel_id: id, name, kind, state, source } = channel
  const [open, setOpen] = useState<'change' | 'messages' | 'snooze' | 'remove'>()
  const test = useTestChannel()
  const snooze = useSnoozeChannel(id)
  const now = useNow(10_000)
  const isSnoozed = channel.snoozed_until !== undefined && Date.parse(channel.snoozed_until) > now
  const isFixed = source === 'file'
  const close = () => setOpen(undefined)
  const button = (text: string, onClick: () => void, disabled = false) => (
    <Button onClick={onClick} disabled={disabled} aria-label={`${text}: ${name}`}>
      {text}
    </Button>
  )
  return (
    <li className="channel-row">
      <div className="channel-what">
        <p>
          <b className="breakable">{name}</b> <span className="small muted">{channelWords[kind].name}</span>
        </p>
        <p className="channel-state">
          <StatusIndicator color={isSnoozed ? 'off' : colors[state]} />
          <span>
            {channelStateNames[state]}
            {state !== 'ok' && (
              <>
                {t.since}
                <RecentMoment at={channel.state_since} zone={browserTimeZone()} />
              </>
            )}
            {(state === 'failing' || state === 'broken') && channel.last_error !== undefined && `: ${channel.last_error.reason}`}
          </span>
        </p>
        <ChannelFacts channel={channel} isSnoozed={isSnoozed} />
        <TestResult test={test} />
        {snooze.error !== null && open === undefined && <ProblemNote {...toProblem(snooze.error)} />}
      </div>
      <div className="channel-buttons">
        {mayChange && state !== 'off' && button(t.test, () => test.mutate(id), test.isPending)}
        {button(t.messages, () => setOpen('messages'))}
        {maySnooze &&
          (isSnoozed ? button(t.endSnooze, () => snooze.mutate(undefined), snooze.isPending) : button(t.snooze, () => setOpen('snooze')))}
        {mayChange && !isFixed && button(t.changeLabel, () => setOpen('change'))}
        {mayChange && !isFixed && button(t.remove, () => setOpen('remove'))}
      </div>
      {open === 'change' && <ChangeChannelDialog channel={channel} onClose={close} />}
      {open === 'messages' && <ChannelMessagesDialog channel={channel} onClose={close} />}
      {open === 'remove' && <RemoveChannelDialog channel={channel} onClose={close} />}
      {open === 'snooze' && (
        <EndDialog
          title={t.snoozeNamed(name)}
          about={t.thisChannelIsNotified}
          action={t.snooze}
          pending={snooze.isPending}
          error={snooze.error}
          onClose={close}
          onEnd={(end) => snooze.mutate(end, { onSuccess: close })}
        />
      )}
    </li>
  )
}

function ChannelFacts({ channel, isSnoozed }: { readonly channel: Channel; readonly isSnoozed: boolean }) {
  const { last_sent_at, waiting, quiet_hours, snoozed_until, source } = channel
  const zone = browserTimeZone()
  return (
    <p className="small muted breakable">
      {last_sent_at === undefined ? t.nothingSentYet : t.lastSent(<Ago at={last_sent_at} zone={zone} />)}
      {waiting > 0 && t.noticesWaiting(waiting)}
      {isSnoozed && snoozed_until !== undefined && <>{t.snoozedUntil(<RecentMoment at={snoozed_until} zone={zone} />)}</>}
      {quiet_hours.length > 0 && t.quiet(quiet_hours.map((span) => formatQuietHours(span, zone)).reduce(t.and))}
      {source === 'file' && t.setInAlertsFile}
    </p>
  )
}

function RemoveChannelDialog({ channel: { channel_id: id, name }, onClose }: { readonly channel: Channel; readonly onClose: () => void }) {
  const remove = useRemoveChannel()
  return (
    <Dialog onClose={onClose} title={t.removeQuestion(name)}>
      <p>{t.itIsNotifiedOf}</p>
      {remove.error !== null && <ProblemNote {...toProblem(remove.error)} />}
      <div className="dialog-actions">
        <Button onClick={onClose}>{t.cancel}</Button>
        <Button variant="danger" disabled={remove.isPending} onClick={() => remove.mutate(id, { onSuccess: onClose })}>
          {t.remove}
        </Button>
      </div>
    </Dialog>
  )
}
