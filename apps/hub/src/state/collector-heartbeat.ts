import type { CollectorHeartbeat } from '@signalbox/contract/collector-heartbeat'
import { instantOf } from '../clock.ts'
import type { ChangeSet, LoadedMachine, LoadedSession, MachineChangeSet } from './change-set.ts'
import { collectorOfEvent, isBehind, readCollector, type StoredCollector } from './machine-collector.ts'
import { implicitMachine, type MachineRecord, machineEvent } from './machine-record.ts'
import { readObserved } from './observed-state.ts'
import { markNotSeenSince } from './session-heartbeat.ts'
import { withBelievedActivity } from './session-observation.ts'
import { changedColumns, isWatchedByObservers, type SessionRecord, updatedEvent } from './session-record.ts'
import { isLive } from './transition.ts'

/** Stores the heartbeat of a collector with its machine, which is registered where it is not known. */
export function heartbeatCollector(
  { machine: known }: LoadedMachine,
  id: string,
  { sessions: _, hostname, ...heartbeat }: CollectorHeartbeat,
  now: number,
): MachineChangeSet<MachineRecord> {
  const before = known ?? { ...implicitMachine(id, now, 0), revision: 0 }
  const stored: StoredCollector = { ...heartbeat, at: now }
  const stopped = heartbeat.state === 'stopped'
  // A machine in maintenance stays there.
  const status = before.status === 'maintenance' ? 'maintenance' : stopped ? 'offline' : 'online'
  const changed: MachineRecord = {
    ...before,
    // A person may have named the machine; a collector names one that only its sessions have registered.
    ...(before.implicit && hostname !== undefined ? { hostname } : {}),
    collector: JSON.stringify(stored),
    status,
    last_heartbeat: now,
    due_at: status === 'online' ? now + 3 * heartbeat.heartbeat_interval_ms : null,
    revision: before.revision + 1,
  }
  const shown = known !== undefined && changed.hostname === before.hostname && looksTheSame(before.collector, stored)
  const machine = shown && status === before.status ? changed : { ...changed, updated_at: now }
  const collector = collectorOfEvent(machine, now)
  if (known === undefined) return { machine, events: [machineEvent('machine.created', machine, collector)], result: machine }
  if (status !== before.status) {
    const details = {
      from: before.status,
      reason: stopped ? 'collector stopped' : 'heartbeat of its collector',
      occurred_at: instantOf(now),
    }
    return { machine, events: [machineEvent('machine.status', machine, { ...collector, ...details })], result: machine }
  }
  return { machine, events: shown ? [] : [machineEvent('machine.updated', machine, collector)], result: machine }
}

/** Whether two heartbeats differ only in figures that change all the time. */
function looksTheSame(stored: string | null, after: StoredCollector): boolean {
  if (stored === null) return false
  const before = readCollector(stored)
  const shown = (collector: StoredCollector) => {
    const { at: _, pending: __, pending_since: ___, ...rest } = collector
    return JSON.stringify([Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)), isBehind(collector, collector.at)])
  }
  return shown(before) === shown(after)
}

/** `unknown`: the collector has to report the session, because the hub does not know it, or takes it for ended. */
export type Confirmation = 'confirmed' | 'unknown'

/**
 * Confirms a session as `confirmSession` does, without the texts of its record: those of hundreds of sessions are megabytes, and a
 * heartbeat that only repeats the last one needs none.
 * @returns `whole` when the whole record is needed
 */
export function confirmSessionBriefly(
  { session }: LoadedSession,
  machineId: string,
  intervalMs: number,
  now: number,
): ChangeSet<Confirmation | 'whole'> {
  if (session === undefined || session.claude_code === null || !isLive(session.status)) return { events: [], result: 'unknown' }
  const seen = seenBy(session, intervalMs, now)
  if (session.machine_id !== machineId || !isConfirmed(session, intervalMs, now) || changedColumns(session, seen).length > 0) {
    return { events: [], result: 'whole' }
  }
  return { session: seen, events: [], result: 'confirmed' }
}

function seenBy(session: SessionRecord, intervalMs: number, now: number): SessionRecord {
  const watched = isWatchedByObservers(session) && session.status !== 'stalled'
  return {
    ...session,
    process_seen_at: now,
    ...(watched ? { last_heartbeat: now, due_at: now + 3 * intervalMs, not_seen_since: null } : {}),
    revision: session.revision + 1,
  }
}

/** Whether a collector has confirmed it within the last three heartbeats. */
function isConfirmed({ process_seen_at }: SessionRecord, intervalMs: number, now: number): boolean {
  return process_seen_at !== null && now - process_seen_at <= 3 * intervalMs
}

/**
 * A collector confirms that a session lives. It proves nothing about a session that has ended here: the heartbeat may have
 * been sent before the end.
 */
export function confirmSession({ session }: LoadedSession, machineId: string, intervalMs: number, now: number): ChangeSet<Confirmation> {
  const unknown = { events: [], result: 'unknown' } as const
  if (session === undefined || session.claude_code === null || !isLive(session.status)) return unknown
  // It has moved; a client may call the machine by another name.
  if (session.machine_id !== machineId && readObserved(session.observed).created) return unknown
  const seen = seenBy(session, intervalMs, now)
  const next = isConfirmed(session, intervalMs, now) ? seen : withBelievedActivity(seen, now, 3 * intervalMs)
  if (changedColumns(session, next).length === 0) return { session: next, events: [], result: 'confirmed' }
  const updated = { ...next, updated_at: now }
  return { session: updated, events: [updatedEvent(session, updated)], result: 'confirmed' }
}

/** A collector that stops no longer sees the sessions of its machine. */
export function unwatchSession({ session }: LoadedSession, now: number): ChangeSet<boolean> {
  const unchanged = { events: [], result: false } as const
  if (session === undefined || !isLive(session.status) || !isWatchedByObservers(session)) return unchanged
  if (session.not_seen_since !== null) return unchanged
  return markNotSeenSince(session, session.last_heartbeat, now)
}
