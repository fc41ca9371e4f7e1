import type { HubEvent } from '@signalbox/contract/event'

/** Events after which sums of usage are others. */
export function changesUsage({ event }: HubEvent): boolean {
  return event === 'usage.updated' || event === 'data.deleted'
}
