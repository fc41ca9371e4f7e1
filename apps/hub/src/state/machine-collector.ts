import type { CollectorHeartbeat, MachineCollector } from '@signalbox/contract/collector-heartbeat'
import { instantOf } from '../clock.ts'

/** What a machine keeps of the last heartbeat of its collector. */
export interface StoredCollector extends Omit<CollectorHeartbeat, 'sessions' | 'hostname'> {
  /** When it came, in milliseconds. */
  readonly at: number
}

/** The interval of a collector that has not named its own, in milliseconds. */
export const COLLECTOR_INTERVAL_MS = 15_000
/** What has waited for the hub for longer than this puts a collector behind. */
const BEHIND_MS = 60_000

export function readCollector(stored: string): StoredCollector {
  return JSON.parse(stored) as StoredCollector
}

export function isConnected({ at, heartbeat_interval_ms, state }: StoredCollector, now: number): boolean {
  return state !== 'stopped' && now < at + 3 * heartbeat_interval_ms
}

export function isBehind({ pending_since, pending = {} }: StoredCollector, now: number): boolean {
  const waits = Object.values(pending).some((count) => (count ?? 0) > 0)
  return waits && pending_since !== undefined && now - Date.parse(pending_since) > BEHIND_MS
}

/** The collector of a machine, as clients see it. */
export function toCollector(stored: string, now: number): MachineCollector {
  const collector = readCollector(stored)
  const { at, heartbeat_interval_ms: _, ...reported } = collector
  return { ...reported, last_contact: instantOf(at), connected: isConnected(collector, now), behind: isBehind(collector, now) }
}

/** Lists of sources that are longer than this, in characters, are left out of an event. */
const MAX_SOURCES_CHARS = 1_000

/** The collector of a machine, as its events carry it. */
export function collectorOfEvent({ collector }: { readonly collector: string | null }, now: number): { collector?: MachineCollector } {
  if (collector === null) return {}
  const { sources = [], ...rest } = toCollector(collector, now)
  const isLong = JSON.stringify(sources).length > MAX_SOURCES_CHARS
  return { collector: isLong || sources.length === 0 ? rest : { ...rest, sources } }
}

/** The time without a heartbeat after which a machine is offline: three intervals of its collector, while that is connected. */
export function machineTimeoutMs({ collector }: { readonly collector: string | null }, now: number, offlineMs: number): number {
  if (collector === null) return offlineMs
  const stored = readCollector(collector)
  return isConnected(stored, now) ? 3 * stored.heartbeat_interval_ms : offlineMs
}

/** The time after which a session that this machine's collector does not confirm is not seen any more, in milliseconds. */
export function collectorTimeoutMs(machine: { readonly collector: string | null } | undefined): number {
  return (
    3 *
    (machine === undefined || machine.collector === null ? COLLECTOR_INTERVAL_MS : readCollector(machine.collector).heartbeat_interval_ms)
  )
}
