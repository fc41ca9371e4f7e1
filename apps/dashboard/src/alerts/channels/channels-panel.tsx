import { useState } from 'react'
import { useChannels } from '../../hub/channels.ts'
import { toProblem } from '../../hub/problem.ts'
import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/panel.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
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
  const problem = channels.error === null ? undefined : toProblem(channels.error)
  return (
    <Panel
      title="Alert channels"
      aside={
        mayChange && (
          <Button variant="primary" onClick={() => setCreating(true)}>
            New channel
          </Button>
        )
      }
    >
      <PushButton />
      {problem !== undefined && <ProblemNote {...problem} onRetry={() => channels.refetch()} />}
      {channels.data === undefined ? (
        problem === undefined && <Skeleton height={90} label="Loading channels" />
      ) : channels.data.length === 0 ? (
        <p className="muted channels-none">
          No channel yet: alerts are on this page only. Rules without channels of their own notify every channel, so the first one is
          enough.
        </p>
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
