import type { ChannelState } from '@signalbox/contract/alert-severity'
import type { NewEvent } from '../event/new-event.ts'
import type { AlertStore, ChannelRecord } from '../store/alert.ts'
import type { Change } from '../store/change.ts'
import { compareAndSet, lost } from '../store/compare-and-set.ts'
import { withoutPeerWords } from './peer-words.ts'

/**
 * Changes a channel, however many hubs do so at once. A change of its state is published.
 * @param change undefined where nothing is to change. @returns the channel; undefined where there is none
 */
export async function changeChannel(
  store: AlertStore,
  id: string,
  by: Change,
  change: (channel: ChannelRecord) => ChannelRecord | undefined,
): Promise<ChannelRecord | undefined> {
  const written = await compareAndSet(async () => {
    const channel = await store.findChannel(id)
    const changed = channel && change(channel)
    if (channel === undefined || changed === undefined) return channel
    const next = { ...changed, revision: channel.revision + 1 }
    return (await store.putChannel(next, by, statusEvents(channel, next))) ? next : lost
  })
  return written === lost ? store.findChannel(id) : written
}

/** The channel in another state. */
export function inState(channel: ChannelRecord, state: ChannelState, now: number): ChannelRecord {
  return channel.state === state ? channel : { ...channel, state, state_since: now }
}

export function statusEvents(from: Pick<ChannelRecord, 'state'>, to: ChannelRecord): NewEvent[] {
  if (from.state === to.state) return []
  const { channel_id, kind, name, state, last_error } = to
  const reason = state === 'broken' || state === 'failing' ? last_error && withoutPeerWords(last_error.reason) : undefined
  return [
    { event: 'channel.status', data: { channel_id, kind, name, from: from.state, to: state, ...(reason === undefined ? {} : { reason }) } },
  ]
}
