import type { ChannelRecord } from '../store/alert.ts'
import type { ChannelKind } from './channel/channel-kind.ts'

type Rate = ChannelKind<unknown>['rate']
type Bucket = NonNullable<ChannelRecord['bucket']>

/** What a peer takes by now. A clock that was set back fills nothing, and empties nothing. */
export function filled(bucket: Bucket | undefined, { burst, per_ms }: Rate, now: number): Bucket {
  if (bucket === undefined) return { tokens: burst, at: now }
  const tokens = Math.min(burst, bucket.tokens + Math.max(0, now - bucket.at) / per_ms)
  return { tokens, at: now }
}

/** When the next message may leave. */
export function freeAt(bucket: Bucket | undefined, rate: Rate, now: number): number {
  const { tokens } = filled(bucket, rate, now)
  return tokens >= 1 ? now : now + Math.ceil((1 - tokens) * rate.per_ms)
}

export function taken(bucket: Bucket | undefined, rate: Rate, now: number): Bucket {
  const { tokens, at } = filled(bucket, rate, now)
  return { tokens: Math.max(0, tokens - 1), at }
}
