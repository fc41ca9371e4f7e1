import { channelFields } from '@signalbox/contract/channel-field'
import type { ChannelKindName } from '@signalbox/contract/channel-kind'

/** An address of a channel to which nothing would be sent. */
export interface RefusedAddress {
  /** The name of the field in the configuration. */
  readonly field: string
  readonly reason: string
}

/** @param refusalOf why nothing would be sent to an address; undefined where nothing is known against it */
export function refusedAddress(
  kind: ChannelKindName,
  config: object,
  refusalOf: (url: string) => string | undefined,
): RefusedAddress | undefined {
  for (const { name, type } of channelFields[kind]) {
    const value = (config as Record<string, unknown>)[name]
    const reason = type === 'address' && typeof value === 'string' ? refusalOf(value) : undefined
    if (reason !== undefined) return { field: name, reason }
  }
  return undefined
}
