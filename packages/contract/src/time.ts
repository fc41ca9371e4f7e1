import { z } from 'zod'
import { isTimeZone, zoneExamples } from './time-zone.ts'

/** An instant in ISO 8601, UTC, with milliseconds. */
export const instant = z.iso.datetime({ precision: 3, error: 'is not an instant such as 2026-10-06T09:12:00.000Z' })

/** The years in which an instant can lie, UTC. Others come from a clock that was never set, and other programs cannot write them. */
const EARLIEST_MS = Date.UTC(1970, 0, 1)
const AFTER_LATEST_MS = Date.UTC(2100, 0, 1)

/** Whether an instant lies in the years 1970 to 2099, UTC. @param at in milliseconds */
export function isInYears(at: number): boolean {
  return at >= EARLIEST_MS && at < AFTER_LATEST_MS
}

/** An instant as other programs write it: with any offset and any number of fractional digits, in the years 1970 to 2099. */
export const lenientInstant = z.iso
  .datetime({ offset: true, error: 'is not an instant such as 2026-10-06T09:12:00.000Z' })
  .refine((text) => !isInstant(text) || isInYears(Date.parse(text)), { error: 'must be in the years 1970 to 2099' })

/** A text that is none has an error of its own already. */
const isInstant = (text: string) => !Number.isNaN(Date.parse(text))

/** An IANA time zone known to this machine. */
export const timezoneSchema = z
  .string()
  .max(100)
  .refine(isTimeZone, { error: `is not a time zone; write ${zoneExamples}` })
  .meta({ examples: ['Europe/Berlin'] })
