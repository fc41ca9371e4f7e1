import type { LimitWindow, SnapshotBody } from '@signalbox/client'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const SESSION_MS = 5 * HOUR_MS
const WEEK_MS = 7 * DAY_MS
/** The step of the integration over time. */
const STEP_MS = 10 * MINUTE_MS

/** The percentage of each window that an hour of full work uses. */
const percentPerHour = { session: 21, all: 1.5, fable: 1.9, sonnet: 0.3 }

/** The plan limits of the demo. They are made up as if it started at 15:30 on a Thursday, in the middle of a window and of the week. */
export interface Plan {
  /** The limits at an instant, in milliseconds. */
  readonly at: (instant: number) => SnapshotBody
}

/** An account, and how its plan is used. */
export interface PlanAccount {
  readonly account: string
  readonly name: string
  readonly machine: string
  readonly source: SnapshotBody['source']
  readonly planInfo: NonNullable<SnapshotBody['planInfo']>
  /** When its 5-hour window and its week end after the start, in milliseconds. */
  readonly sessionLeft: number
  readonly weekLeft: number
  /** How much it is used, 1 for as much as a person does. */
  readonly pace: number
}

export const planAccounts: readonly PlanAccount[] = [
  {
    account: '5d2c8f14-9b3e-4c7a-8f60-2a1d7e94b5c3',
    name: 'Ada',
    machine: 'ada-laptop',
    source: 'console',
    planInfo: { name: 'Max', tier: '5x' },
    sessionLeft: 2.6 * HOUR_MS,
    weekLeft: 2.4 * DAY_MS,
    pace: 1,
  },
  {
    account: 'c07e3a96-41d8-4b52-9e1f-6f38b2d50a71',
    name: 'Grace',
    machine: 'grace-desktop',
    source: 'claude-json',
    planInfo: { name: 'Max', tier: '20x' },
    sessionLeft: 0.7 * HOUR_MS,
    weekLeft: 5.1 * DAY_MS,
    pace: 0.55,
  },
]

/** @param startedAt the start of the demo, in milliseconds */
export function createPlan(startedAt: number, person: PlanAccount = planAccounts[0]!): Plan {
  const { account, machine, source, planInfo, pace } = person
  const sessionEnd = startedAt + person.sessionLeft
  const weekEnd = startedAt + person.weekLeft

  /** The amount of work, 0 to 1. */
  function effort(instant: number): number {
    const hours = (instant - startedAt) / HOUR_MS + 15.5
    const day = Math.floor(hours / 24)
    const clock = hours - day * 24
    // Day 0 is a Thursday, so Saturday is 2 and -5.
    const isWeekend = [2, 3, -4, -5].includes(day % 7)
    if (clock < 8 || clock > 22) return 0
    const effort = clock > 12 && clock < 13 ? 0.2 : clock < 19.5 ? 0.8 + 0.2 * Math.sin(instant / (47 * MINUTE_MS)) : 0.15
    return isWeekend ? effort * 0.2 : effort
  }

  function hoursWorked(from: number, to: number): number {
    let hours = 0
    for (let at = from; at < to; at += STEP_MS) hours += (effort(at) * Math.min(STEP_MS, to - at)) / HOUR_MS
    return hours
  }

  const endAfter = (instant: number, end: number, length: number) => end + Math.ceil((instant - end) / length) * length
  const percent = (hours: number, each: number) => Math.min(100, Math.floor(hours * each * pace))

  function windowOf(instant: number, end: number, length: number, each: number): LimitWindow {
    const resetsAt = endAfter(instant, end, length)
    const hours = hoursWorked(resetsAt - length, instant)
    if (length === SESSION_MS && hours === 0) return { percentageUsed: 0, idle: true }
    return {
      percentageUsed: percent(hours, each),
      resetsIn: formatRemaining(resetsAt - instant),
      resetsAt: new Date(resetsAt).toISOString(),
    }
  }

  return {
    at: (instant) => ({
      lastUpdated: new Date(instant).toISOString(),
      currentSession: windowOf(instant, sessionEnd, SESSION_MS, percentPerHour.session),
      weeklyLimits: {
        allModels: windowOf(instant, weekEnd, WEEK_MS, percentPerHour.all),
        fableOnly: windowOf(instant, weekEnd, WEEK_MS, percentPerHour.fable),
        sonnetOnly: windowOf(instant, weekEnd, WEEK_MS, percentPerHour.sonnet),
      },
      planInfo,
      account,
      ...(source === undefined ? {} : { source }),
      machine_id: machine,
    }),
  }
}

function formatRemaining(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / MINUTE_MS))
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} hr ${minutes % 60} min`
}
