import { printable } from '@signalbox/contract/printable'
import { describeZone, zoneAdvice } from '@signalbox/contract/time-zone'
import { type Check, ok, warn } from './check.ts'

const about = 'Time zone'

export const zone: Check = ({ io, settings: { TIMEZONE } }) => {
  if (TIMEZONE !== undefined) return [ok(about, `${describeZone(TIMEZONE)}, from TIMEZONE`)]
  const { name, problem } = io.system.timeZone()
  return [problem === undefined ? ok(about, `${describeZone(name)}, from the system`) : warn(about, printable(problem), zoneAdvice)]
}
