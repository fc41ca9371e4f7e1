import { PayloadTooLargeError, type StateTrackingApiClient, ValidationError } from '@signalbox/client'
import type { Call } from '@signalbox/contract/call'
import type { Rejected } from './upload-queue.ts'

export interface SentCalls {
  readonly accepted: number
  readonly rejected: readonly Rejected<Call>[]
  /** The largest number of calls that the hub found not too large. */
  readonly limit: number
}

/**
 * Sends calls; when the hub rejects them, finds the rejected ones by bisection.
 * @throws ApiClientError for any other error; calls accepted until then stay accepted
 */
export async function sendCalls(
  client: Pick<StateTrackingApiClient, 'ingestCalls'>,
  machineId: string,
  calls: readonly Call[],
  signal: AbortSignal,
): Promise<SentCalls> {
  const rejected: Rejected<Call>[] = []
  let accepted = 0
  let limit = calls.length

  const send = async (part: readonly Call[]): Promise<void> => {
    try {
      await client.ingestCalls(machineId, part, { signal })
      accepted += part.length
    } catch (error) {
      const isTooLarge = error instanceof PayloadTooLargeError
      if (!isTooLarge && !(error instanceof ValidationError)) throw error
      const [first] = part
      if (first === undefined) throw error
      if (part.length === 1) {
        rejected.push({ item: first, reason: error.message })
        return
      }
      const middle = Math.ceil(part.length / 2)
      if (isTooLarge) limit = Math.min(limit, middle)
      await send(part.slice(0, middle))
      await send(part.slice(middle))
    }
  }
  await send(calls)
  return { accepted, rejected, limit }
}
