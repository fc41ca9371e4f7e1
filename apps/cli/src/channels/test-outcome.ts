import { describeTest } from '@signalbox/client/alert-words'
import type { ChannelTest } from '@signalbox/contract/channel'

/** Longer than the hub waits for the outcome of a test. */
export const TEST_TIMEOUT_MS = 20_000

/** What came of a test, and what the peer answered. */
export function formatTest({ receipt, ms, ...outcome }: ChannelTest): string {
  return `${describeTest({ ...outcome, id: receipt?.id })}, ${ms} ms`
}
