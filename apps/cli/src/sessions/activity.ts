import type { Session } from '@signalbox/contract/session'

/** `working`, `waits for permission`; empty when it was not told. */
export function activityText({ activity, waiting_for }: Partial<Pick<Session, 'activity' | 'waiting_for'>>): string {
  if (activity === undefined) return ''
  if (activity !== 'waiting') return activity
  return waiting_for === undefined || waiting_for === 'other' ? 'waits' : `waits for ${waiting_for}`
}
