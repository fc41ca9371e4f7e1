import { printable } from '@signalbox/contract/printable'
import { zoneAdvice } from '@signalbox/contract/time-zone'
import type { Io } from './io.ts'

const warned = new WeakSet<Io>()

/** The machine's time zone. One that is not known is UTC, with one warning per command. */
export function zoneOf(io: Io): string {
  const { name, problem } = io.system.timeZone()
  if (problem !== undefined && !warned.has(io)) {
    warned.add(io)
    io.stderr.write(`signalbox: warning: ${printable(problem)}. ${zoneAdvice}\n`)
  }
  return name
}
