import { useState } from 'react'
import { useChannels } from '../../hub/channels.ts'
import { QueryProblem } from '../../shell/query-problem.tsx'
import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { t } from '../../words/channels.ts'
import { NewChannelDialog } from './channel-dialog.tsx'
import { ChannelRow } from './channel-row.tsx'
import { PushButton } from './push-button.tsx'

interface ChannelsPanelProps {
  readonly mayChange: boolean
  readonly maySnooze: boolean
}

/** The ways on which people are notified: this browser, and channels of every kind. */
export function ChannelsPanel({ mayChange, maySnooze }: ChannelsPanelProps) {
  const channels = useChannels()
  const [creating, setCreating] = useState(false)
  return (
    <Panel
      title={t.alertChannels}
      aside={
        mayChange && (
          <Button variant="primary" onClick={() => setCreating(true)}>
            {t.newChannel}
          </Button>
        )
      }
    >
      <PushButton />
      <QueryProblem query={channels} />
      {channels.data === undefined ? (
        channels.error === null && <Skeleton height={90} label={t.loadingChannels} />
      ) : channels.data.length === 0 ? (
        <p className="muted channels-none">{t.noChannelYetAlerts}</p>
      ) : (
        <ul>
          {channels.data.map((channel) => (
            <ChannelRow key={channel.channel_id} channel={channel} mayChange={mayChange} maySnooze={maySnooze} />
          ))}
        </ul>
      )}
      {creating && <NewChannelDialog onClose={() => setCreating(false)} />}
    </Panel>
  )
}
