import type { LimitReading, LimitWindow } from '@signalbox/client'

/** Milliseconds. */
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const SESSION = 5 * HOUR
const WEEK = 7 * DAY
/** Between two looks at how much was used. */
const STEP = 10 * MINUTE

/** Percent of each window that an hour of full work takes. */
const cost = { session: 21, all: 1.5, fable: 1.9, sonnet: 0.3 }

/**
 * A plan somebody works on. Whenever the demo is looked at, it is the afternoon of a Thursday there: the session is
 * well under way, the week is more than half over.
 */
export interface Plan {
  /** What its usage page would say at an instant, in milliseconds. */
  readonly at: (instant: number) => LimitReading
}

/** @param begun milliseconds: when the demo is opened */
export function planFrom(begun: number): Plan {
  const sessionEnd = begun + 2.6 * HOUR
  const weekEnd = begun + 2.4 * DAY

  /** How hard they work, 0 to 1. */
  function effort(instant: number): number {
    const hours = (instant - begun) / HOUR + 15.5
    const day = Math.floor(hours / 24)
    const clock = hours - day * 24
    // It is Thursday: Saturday is in two days, and was five days ago.
    const dayOff = [2, 3, -4, -5].includes(day % 7)
    if (clock < 8 || clock > 22) return 0
    const ofDay = clock > 12 && clock < 13 ? 0.2 : clock < 19.5 ? 0.8 + 0.2 * Math.sin(instant / (47 * MINUTE)) : 0.15
    return dayOff ? ofDay * 0.2 : ofDay
  }

  function worked(from: number, to: number): number {
    let hours = 0
    for (let at = from; at < to; at += STEP) hours += (effort(at) * Math.min(STEP, to - at)) / HOUR
    return hours
  }

  const endAfter = (instant: number, end: number, length: number) => end + Math.ceil((instant - end) / length) * length
  const percent = (hours: number, each: number) => Math.min(100, Math.floor(hours * each))

  function windowOf(instant: number, end: number, length: number, each: number): LimitWindow {
    const resetsAt = endAfter(instant, end, length)
    const hours = worked(resetsAt - length, instant)
    if (length === SESSION && hours === 0) return { percentageUsed: 0, idle: true }
    return { percentageUsed: percent(hours, each), resetsIn: `${words(resetsAt - instant)}`, resetsAt: new Date(resetsAt).toISOString() }
  }

  return {
    at: (instant) => ({
      lastUpdated: new Date(instant).toISOString(),
      currentSession: windowOf(instant, sessionEnd, SESSION, cost.session),
      weeklyLimits: {
        allModels: windowOf(instant, weekEnd, WEEK, cost.all),
        fableOnly: { ...windowOf(instant, weekEnd, WEEK, cost.fable), label: 'Fable only' },
        sonnetOnly: { ...windowOf(instant, weekEnd, WEEK, cost.sonnet), label: 'Sonnet only' },
      },
      planInfo: { name: 'Max', tier: '5x' },
      source: 'console',
      machine_id: 'ada-laptop',
    }),
  }
}

function words(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / MINUTE))
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} hr ${minutes % 60} min`
}
