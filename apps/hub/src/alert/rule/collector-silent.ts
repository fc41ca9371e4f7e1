import { matchesFilter } from '@signalbox/usage/name-pattern'
import { readCollector } from '../../state/machine-collector.ts'
import type { Facts } from '../facts.ts'
import { type Judged, listedKind } from './listed-kind.ts'
import { machineSubject } from './machine-offline.ts'
import type { Parameters } from './parameters.ts'
import type { Verdict } from './rule-kind.ts'
import { judgePause } from './session-kind.ts'
import { durationText, instantValue, oneLine } from './words.ts'

/** A collector that was not there for longer has gone for good. In milliseconds. */
const KNOWN_FOR_MS = 7 * 86_400_000

export const collectorSilent = listedKind<Parameters<'collector_silent'>>({
  kind: 'collector_silent',
  severity: 'warning',
  async list(facts, { after_ms, filter }, now) {
    const contacts = [...(await lastContacts(facts))].filter(
      ([machine_id, { at }]) => matchesFilter(filter, { machine_id }) && now - at <= KNOWN_FOR_MS,
    )
    return Promise.all(
      contacts.map(async ([machine_id, contact]): Promise<Judged> => {
        return { subject: machineSubject({ machine_id }), verdict: await judgeContact(machine_id, contact, facts, after_ms, now) }
      }),
    )
  },
})

interface Contact {
  /** In milliseconds. */
  readonly at: number
  /** Its last word was that it ends. */
  readonly stopped: boolean
}

async function lastContacts(facts: Facts): Promise<Map<string, Contact>> {
  const contacts = new Map<string, Contact>()
  // A collector whose heartbeats are refused, or an early version, still polls.
  for (const { machine, seenAt } of await facts.collectors()) contacts.set(machine, { at: seenAt, stopped: false })
  for (const { machine_id, collector } of (await facts.machines()).values()) {
    if (collector === null) continue
    const { at, state } = readCollector(collector)
    const polled = contacts.get(machine_id)
    if (polled === undefined || polled.at <= at || state === 'stopped') contacts.set(machine_id, { at, stopped: state === 'stopped' })
  }
  return contacts
}

async function judgeContact(machine: string, { at, stopped }: Contact, facts: Facts, afterMs: number, now: number): Promise<Verdict> {
  if (stopped) return { verdict: 'clear' }
  const since = at + afterMs
  if (now < since) return { verdict: 'clear', next_at: since }
  const paused = await judgePause(facts, now)
  if (paused !== undefined) return paused
  return {
    verdict: 'holds',
    since,
    severity: 'warning',
    summary: `The collector on ${oneLine(machine, 80)} has not reported for more than ${durationText(afterMs)}`,
    values: { last_contact: instantValue(at) },
  }
}
