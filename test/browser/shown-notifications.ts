import type { CDPSession } from 'playwright-core'

/**
 * Follows which notifications Chromium shows, by its own log of background services. To ask the page instead, again and again, makes
 * Chromium now and then forget the one that is on its way.
 * @returns their titles, oldest first; more come
 */
export async function followShownNotifications(session: CDPSession): Promise<readonly string[]> {
  const titles: string[] = []
  session.on('BackgroundService.backgroundServiceEventReceived', ({ backgroundServiceEvent: { eventName, eventMetadata } }) => {
    if (eventName !== 'Notification displayed') return
    titles.push(eventMetadata.find(({ key }) => key === 'Title')?.value ?? '')
  })
  await session.send('BackgroundService.startObserving', { service: 'notifications' })
  await session.send('BackgroundService.setRecording', { service: 'notifications', shouldRecord: true })
  return titles
}
