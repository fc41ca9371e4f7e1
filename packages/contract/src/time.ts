import { z } from 'zod'

/** ISO 8601 UTC with milliseconds. */
export const instant = z.iso.datetime({ precision: 3, error: 'is not an instant such as 2026-10-06T09:12:00.000Z' })

/** An IANA time zone that this machine knows. */
export const timezoneSchema = z
  .string()
  .max(100)
  .refine(isTimeZone, { error: 'is not a time zone; write an IANA name such as Europe/Berlin' })
  .meta({ examples: ['Europe/Berlin'] })

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
