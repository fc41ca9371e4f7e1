import type { AlertStore, NoticeRecord } from '../store/alert.ts'

/** Notices of one channel that are released at once. */
const MAX_RELEASED = 20_000
const MAX_NOTICES_OF_ALERT = 500

/**
 * What held these notices has ended, or ends at another instant: they are looked at now. Why they waited stays, because what came
 * and went in the meantime is not sent.
 */
export async function releaseNotices(
  store: Pick<AlertStore, 'hold'>,
  notices: readonly Pick<NoticeRecord, 'notice_id' | 'state' | 'held_by'>[],
  now: number,
): Promise<void> {
  const waiting = notices.filter(({ state, held_by }) => state === 'waiting' && held_by !== undefined && held_by !== 'group')
  for (const [held_by, group] of Map.groupBy(waiting, (one) => one.held_by)) {
    await store.hold(
      group.map(({ notice_id }) => notice_id),
      { not_before: now, held_by },
    )
  }
}

/** The snooze of an alert has ended. */
export async function releaseSnoozed(store: Pick<AlertStore, 'hold' | 'noticesOf'>, alertId: string, now: number): Promise<void> {
  const held = (await store.noticesOf(alertId, MAX_NOTICES_OF_ALERT)).filter(({ held_by }) => held_by === 'snooze')
  await releaseNotices(store, held, now)
}

/** As `releaseNotices`, for those of all channels that are meant. */
export async function releaseEverywhere(
  store: Pick<AlertStore, 'hold' | 'channels' | 'waiting'>,
  isMeant: (notice: NoticeRecord) => boolean,
  now: number,
): Promise<void> {
  for (const { channel_id } of await store.channels()) {
    await releaseNotices(store, (await waitingOf(store, channel_id)).filter(isMeant), now)
  }
}

/** What waits for one channel. */
export async function releaseChannel(
  store: Pick<AlertStore, 'hold' | 'waiting' | 'unsent' | 'putMessage'>,
  channelId: string,
  now: number,
): Promise<void> {
  await releaseMessages(store, channelId, now)
  await releaseNotices(store, await waitingOf(store, channelId), now)
}

/** The end of the pause of everything was at an instant, and is not any more. */
export async function releasePaused(
  store: Pick<AlertStore, 'hold' | 'channels' | 'waiting' | 'unsent' | 'putMessage'>,
  pausedUntil: number | undefined,
  now: number,
): Promise<void> {
  if (pausedUntil !== undefined) {
    // Others wait for their next attempt.
    for (const { channel_id } of await store.channels()) await releaseMessages(store, channel_id, now, pausedUntil)
  }
  await releaseEverywhere(store, ({ held_by }) => held_by === 'paused', now)
}

/** @param nextAt only those that wait until then */
async function releaseMessages(
  store: Pick<AlertStore, 'unsent' | 'putMessage'>,
  channelId: string,
  now: number,
  nextAt?: number,
): Promise<void> {
  for (const message of await store.unsent(channelId)) {
    if (message.state !== 'sealed' || (nextAt !== undefined && message.next_at !== nextAt)) continue
    await store.putMessage({ ...message, next_at: now, revision: message.revision + 1 })
  }
}

function waitingOf(store: Pick<AlertStore, 'waiting'>, channelId: string): Promise<NoticeRecord[]> {
  return store.waiting(channelId, Number.MAX_SAFE_INTEGER, MAX_RELEASED)
}
