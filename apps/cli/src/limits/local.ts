import { existsSync } from 'node:fs'
import path from 'node:path'
import type { CollectorStatus } from '@signalbox/contract/collector'
import type { CollectorHealth } from '@signalbox/contract/collector-health'
import { openLedger } from '@signalbox/ledger'
import { STALE_MS } from '@signalbox/usage/fresh-session'
import type { MergedLimits } from '@signalbox/usage/limit-merge'
import { readCollectorStatus } from '../collector-status.ts'
import type { Io } from '../io.ts'
import type { CollectorInfo, DisplayedLimits } from './displayed-limits.ts'
import { type LocalForecasts, readLocalForecasts } from './local-forecasts.ts'
import { readLocalPlans } from './read-local-limits.ts'

export interface LocalLimits {
  /** Of each account in use. Empty: this machine has no snapshots. */
  readonly limits: readonly DisplayedLimits[]
  /** Of each of them. */
  readonly forecasts: readonly LocalForecasts[]
  /** Undefined: no collector has run on this machine. */
  readonly collector: CollectorInfo | undefined
  /** Snapshots not yet sent to the hub. */
  readonly pending: number
}

interface LocalOptions {
  /** The id of an account; all in use without it. */
  readonly account: string | undefined
  /** They take the history of the limits, which is read to its end. */
  readonly withForecasts: boolean
}

/** The plan limits known to this machine alone, merged and forecast as on the hub. @throws LedgerError */
export function loadLocalLimits(io: Io, dataDir: string, { account, withForecasts }: LocalOptions): LocalLimits {
  const collector = toCollectorInfo(readCollectorStatus(io, dataDir))
  // Opening it would create one.
  if (!existsSync(path.join(dataDir, 'ledger.db'))) return { limits: [], forecasts: [], collector, pending: 0 }
  const ledger = openLedger({ dataDir })
  try {
    const now = io.now()
    const plans = readLocalPlans(ledger, account)
    return {
      limits: plans.map(({ limits }) => toDisplayedLimits(limits, collector, now)),
      forecasts: withForecasts ? plans.map(({ limits, accounts }) => readLocalForecasts(ledger, limits, accounts, now)) : [],
      collector,
      pending: ledger.snapshots.pending(),
    }
  } finally {
    ledger.close()
  }
}

function toDisplayedLimits(merged: MergedLimits, collector: CollectorInfo | undefined, now: number): DisplayedLimits {
  const age = Math.max(0, now - Date.parse(merged.lastUpdated))
  const { source = 'unknown', planInfo, ...rest } = merged
  return {
    ...rest,
    ...(planInfo === undefined ? {} : { planInfo: { ...planInfo } as Record<string, string> }),
    source,
    isStale: age > STALE_MS,
    ageMinutes: Math.ceil(age / 6_000) / 10,
    ...(collector === undefined ? {} : { collector }),
  }
}

/** The health of an older collector, which reads no limits. */
const unknownHealth: CollectorHealth = { state: 'paused', consecutiveFailures: 0 }

/** The collector's status file in the form of the hub's answer. */
function toCollectorInfo(status: (CollectorStatus & { readonly running: boolean }) | undefined): CollectorInfo | undefined {
  if (status === undefined) return undefined
  const { state, lastSuccessAt, lastError, consecutiveFailures, nextAttemptAt, clockSkewMs } = status.limits?.health ?? unknownHealth
  return {
    machine_id: status.machine_id,
    state,
    connected: status.running,
    lastSeenAt: status.updated_at,
    ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
    ...(lastError === undefined ? {} : { lastError }),
    consecutiveFailures,
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
    ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
  }
}
