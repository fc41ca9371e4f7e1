import { existsSync } from 'node:fs'
import path from 'node:path'
import type { CollectorStatus } from '@signalbox/contract/collector'
import type { CollectorHealth } from '@signalbox/contract/limits'
import { openLedger } from '@signalbox/ledger'
import { STALE_MS } from '@signalbox/usage/fresh-session'
import type { MergedReading } from '@signalbox/usage/limit-merge'
import { readCollectorStatus } from '../collector-status.ts'
import { knownReading } from './known-reading.ts'
import type { ShownCollector, ShownReading } from './shown-reading.ts'

export interface LocalLimits {
  /** Undefined: no source has read anything on this machine. */
  readonly reading: ShownReading | undefined
  /** Undefined: none ever ran here. */
  readonly collector: ShownCollector | undefined
  /** Readings the hub has not got yet. */
  readonly pending: number
}

/** What is known of the plan on this machine alone, merged as the hub merges it. @throws LedgerError */
export function localLimits(dataDir: string, now: number): LocalLimits {
  const collector = collectorOf(readCollectorStatus(dataDir, now))
  // Asking must not make a ledger.
  if (!existsSync(path.join(dataDir, 'ledger.db'))) return { reading: undefined, collector, pending: 0 }
  const ledger = openLedger({ dataDir })
  try {
    const merged = knownReading(ledger)
    return {
      reading: merged === undefined ? undefined : shownReading(merged, collector, now),
      collector,
      pending: ledger.readings.pending(),
    }
  } finally {
    ledger.close()
  }
}

function shownReading(merged: MergedReading, collector: ShownCollector | undefined, now: number): ShownReading {
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

/** Of an older collector, which reads no limits. */
const unknownHealth: CollectorHealth = { state: 'paused', consecutiveFailures: 0 }

/** What the collector's file says, as the hub would say it. */
function collectorOf(status: (CollectorStatus & { readonly running: boolean }) | undefined): ShownCollector | undefined {
  if (status === undefined) return undefined
  const { state, lastSuccessAt, lastError, consecutiveFailures, nextAttemptAt } = status.limits?.health ?? unknownHealth
  return {
    machine_id: status.machine_id,
    state,
    connected: status.running,
    lastSeenAt: status.updated_at,
    ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
    ...(lastError === undefined ? {} : { lastError }),
    consecutiveFailures,
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
  }
}
