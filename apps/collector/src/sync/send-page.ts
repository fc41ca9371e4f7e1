import { PayloadTooLargeError, type StateTrackingApiClient, ValidationError } from '@signalbox/client'
import type { Call } from '@signalbox/contract/call'

/** A call the hub will never take, and why. */
export interface RefusedCall {
  readonly call: Call
  readonly reason: string
}

export interface SentPage {
  readonly taken: number
  readonly refused: readonly RefusedCall[]
  /** The most calls that went through in one request; smaller than the page when the hub found it too large. */
  readonly limit: number
}

/**
 * Sends calls, and when the hub refuses them together finds out, half by half, which ones it means.
 * @throws ApiClientError whatever else the hub says; what was taken until then is taken
 */
export async function sendPage(
  client: Pick<StateTrackingApiClient, 'ingestCalls'>,
  machineId: string,
  calls: readonly Call[],
  signal: AbortSignal,
): Promise<SentPage> {
  const refused: RefusedCall[] = []
  let taken = 0
  let limit = calls.length

  const send = async (part: readonly Call[]): Promise<void> => {
    try {
      await client.ingestCalls(machineId, part, { signal })
      taken += part.length
    } catch (error) {
      const tooLarge = error instanceof PayloadTooLargeError
      if (!tooLarge && !(error instanceof ValidationError)) throw error
      const [first] = part
      if (first === undefined) throw error
      if (part.length === 1) {
        refused.push({ call: first, reason: error.message })
        return
      }
      const middle = Math.ceil(part.length / 2)
      if (tooLarge) limit = Math.min(limit, middle)
      await send(part.slice(0, middle))
      await send(part.slice(middle))
    }
  }
  await send(calls)
  return { taken, refused, limit }
}
