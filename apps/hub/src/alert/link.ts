import { createHash, timingSafeEqual } from 'node:crypto'
import type { Sealer } from './sealed.ts'

/** Links in messages work for so long. */
export const LINK_LIFETIME_MS = 7 * 86_400_000

export interface AlertLink {
  readonly alert_id: string
  /** Milliseconds. */
  readonly expires_at: number
  /** Kept at the alert when the link was used. */
  readonly used_key: string
}

/** The token of a link to one alert in one message: the same in every attempt, and of use once. */
export function linkToken(sealer: Sealer, alertId: string, message: string, expiresAt: number): string {
  const text = `${alertId}~${message.slice(0, 12)}~${Math.floor(expiresAt / 1000).toString(36)}`
  return `${text}~${sealer.sign(`link ${text}`)}`
}

/** Reads a token. @returns undefined for one that this hub has not made */
export function readLink(sealer: Sealer, token: string): AlertLink | undefined {
  const end = token.lastIndexOf('~')
  const text = token.slice(0, Math.max(0, end))
  const [alert_id = '', message, expires = ''] = text.split('~')
  const [given, expected] = [Buffer.from(token.slice(end + 1)), Buffer.from(sealer.sign(`link ${text}`))]
  if (message === undefined || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  return {
    alert_id,
    expires_at: Number.parseInt(expires, 36) * 1000,
    used_key: createHash('sha256').update(token).digest('hex').slice(0, 16),
  }
}
