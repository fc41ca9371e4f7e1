import { describeAttempt } from '@signalbox/client/alert-words'
import type { ChannelTest } from '@signalbox/contract/channel'

/** Longer than the hub waits for the outcome of a test. */
export const TEST_TIMEOUT_MS = 20_000

/** What came of a test, and what the peer answered. */
export function describeTest({ outcome, reason, status, said, receipt, ms }: ChannelTest): string {
  const answer = {
    ...(status === undefined ? {} : { status }),
    ...(said === undefined ? {} : { said }),
    ...(receipt?.id === undefined ? {} : { id: receipt.id }),
  }
  return `${describeAttempt({ outcome, ...(reason === undefined ? {} : { reason }), receipt: answer })}, ${ms} ms`
}
