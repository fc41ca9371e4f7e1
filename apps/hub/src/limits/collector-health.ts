import type { CollectorHealth } from '@signalbox/contract/collector-health'
import type { NewEvent } from '../event/new-event.ts'

/** A message of a collector; instants are milliseconds. */
export interface CollectorMessage {
  readonly machine: string
  readonly account?: string | undefined
  readonly health?: CollectorHealth | undefined
  /** The instant it is about, where that is not now. */
  readonly at?: number
  /** Id of its poll, where it asked for work. */
  readonly asking?: string
}

/** The stored state of a collector; instants are milliseconds. */
export interface KnownCollectorState {
  readonly account?: string | undefined
  readonly accountAt?: number | undefined
  readonly health?: CollectorHealth | undefined
  readonly healthAt?: number | undefined
}

export interface CollectorStateUpdate {
  /** The account it names; absent where the stored one stays. */
  readonly account?: { readonly name: string; readonly at: number }
  /** Absent where the stored one stays. */
  readonly health?: { readonly value: CollectorHealth; readonly at: number }
  /** Published when its state changes. */
  readonly events: readonly NewEvent[]
}

/** The parts of a collector's message that are newer than the stored state. */
export function mergeCollectorMessage(
  known: KnownCollectorState | undefined,
  { machine, account, health, at: messageAt }: CollectorMessage,
  now: number,
): CollectorStateUpdate {
  const at = messageAt ?? now
  const { accountAt = Number.NEGATIVE_INFINITY, healthAt = Number.NEGATIVE_INFINITY } = known ?? {}
  const hasNewAccount = account !== undefined && at >= accountAt
  // The queue of a collector that was offline brings old messages. After a clock was set back, a stored instant in the
  // future must not outrank every message until then.
  const hasNewHealth = health !== undefined && (at >= healthAt || healthAt > now)
  const ofAccount = hasNewAccount ? account : known?.account
  return {
    ...(hasNewAccount ? { account: { name: account, at } } : {}),
    ...(hasNewHealth ? { health: { value: health, at } } : {}),
    events:
      hasNewHealth && health.state !== known?.health?.state
        ? [
            {
              event: 'limits.snapshot',
              data: { ...(ofAccount === undefined ? {} : { account: ofAccount }), machine_id: machine, state: health.state },
            },
          ]
        : [],
  }
}
