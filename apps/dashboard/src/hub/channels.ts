import type {
  AlertMessage,
  ChangeChannel,
  Channel,
  ChannelTest,
  CreateChannel,
  CreatedChannel,
  Snooze,
  TestChannel,
} from '@signalbox/client'
import { ApiClientError } from '@signalbox/client'
import { type UseMutationResult, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

/** Messages of a channel that are listed. */
export const MAX_MESSAGES = 50

export function useChannels(): UseQueryResult<Channel[]> {
  return useQuery({
    queryKey: keys.channels,
    queryFn: ({ signal }) => wholeHub.listChannels({ signal }),
    // What waits and what was sent publishes no event.
    refetchInterval: 15_000,
  })
}

/** The newest messages of a channel. */
export function useChannelMessages(id: string): UseQueryResult<AlertMessage[]> {
  return useQuery({
    queryKey: keys.channelMessages(id),
    queryFn: ({ signal }) => wholeHub.listChannelMessages(id, { limit: MAX_MESSAGES }, { signal }),
    refetchInterval: 5_000,
  })
}

/** Creates a channel. A secret that the hub makes is in this response only, which only the component that shows it keeps. */
export function useCreateChannel(): UseMutationResult<CreatedChannel, Error, CreateChannel> {
  return useChannelMutation((channel: CreateChannel) => wholeHub.createChannel(channel))
}

export interface ChannelChange {
  readonly id: string
  readonly change: ChangeChannel
  /** Saved only while the channel has this revision. */
  readonly revision?: number
}

export function useChangeChannel(): UseMutationResult<Channel, Error, ChannelChange> {
  return useChannelMutation(({ id, change, revision }: ChannelChange) => wholeHub.changeChannel(id, change, { ifMatch: revision }))
}

export function useRemoveChannel(): UseMutationResult<void, Error, string> {
  return useChannelMutation((id: string) => wholeHub.removeChannel(id))
}

/** Sends a test message through a channel, or with a configuration that is not saved. */
export function useTestChannel(): UseMutationResult<ChannelTest, Error, string | TestChannel> {
  return useChannelMutation((tested: string | TestChannel) =>
    typeof tested === 'string' ? wholeHub.testChannel(tested) : wholeHub.testNewChannel(tested),
  )
}

/** Holds the messages of a channel; undefined ends it. */
export function useSnoozeChannel(id: string): UseMutationResult<Channel, Error, Snooze | undefined> {
  return useChannelMutation((snooze: Snooze | undefined) =>
    snooze === undefined ? wholeHub.endChannelSnooze(id) : wholeHub.snoozeChannel(id, snooze),
  )
}

function useChannelMutation<Result, Wanted>(mutationFn: (wanted: Wanted) => Promise<Result>): UseMutationResult<Result, Error, Wanted> {
  const client = useQueryClient()
  return useMutation({ mutationFn, gcTime: 0, onSuccess: () => client.invalidateQueries({ queryKey: keys.channels }) })
}

/** What the hub says about an error beside its message. */
export function errorDetails(error: Error | null): Readonly<Record<string, unknown>> | undefined {
  return error instanceof ApiClientError ? error.details : undefined
}
