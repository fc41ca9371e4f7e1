import { COLLECTOR_CONNECTED_MS, type CollectorInfo } from '@signalbox/contract/collector-health'
import type { CurrentLimits, CurrentWindow } from '@signalbox/contract/current-limits'
import { readExtraUsage } from '@signalbox/usage/extra-usage'
import { STALE_MS } from '@signalbox/usage/fresh-session'
import { currentLimitsOf } from '@signalbox/usage/limit-merge'
import { snapshotFromBody } from '@signalbox/usage/limit-snapshot'
import { mayHaveSessionLimit } from '@signalbox/usage/limit-winner'
import { instantOf } from '../clock.ts'
import type { CollectorRecord } from '../store/collector.ts'
import type { Plan } from './plan.ts'
import type { SnapshotVersion } from './snapshot-version.ts'
import { versionFile } from './version-file.ts'

/** A version, and its position among all versions of its plan. */
export interface VersionPosition {
  readonly version: SnapshotVersion
  readonly current: number
  readonly total: number
}

/** Current limits without the fields that depend on the clock. */
export type LimitsContent = Omit<CurrentLimits, 'accountName' | 'isStale' | 'ageMinutes' | 'versionInfo' | 'collector'>

/** The limits of a plan, without the fields that depend on the clock. */
export interface PlanLimits {
  readonly plan: Plan
  readonly limits: LimitsContent
  readonly hasSessionLimit: boolean
  /** Whether it is the only plan in use: then whatever names no account is about it. */
  readonly isOnly: boolean
}

/** The limits of one version. */
export function limitsOfVersion({ body, account }: SnapshotVersion): LimitsContent {
  const {
    idempotencyKey: _,
    collector: __,
    currentSession,
    weeklyLimits,
    lastUpdated,
    source,
    planInfo,
    extraUsage: sentExtra,
    ...rest
  } = body
  const extraUsage = readExtraUsage(sentExtra)
  const normalize = ({ asOf, ...window }: CurrentWindow): CurrentWindow => {
    const isOlder = asOf !== undefined && Date.parse(asOf) < Date.parse(lastUpdated)
    return { ...normalizeWindow(window), ...(isOlder ? { asOf: normalizeInstant(asOf) } : {}) }
  }
  return {
    ...rest,
    lastUpdated: normalizeInstant(lastUpdated),
    ...(currentSession === undefined ? {} : { currentSession: normalize(currentSession) }),
    ...(weeklyLimits === undefined
      ? {}
      : { weeklyLimits: Object.fromEntries(Object.entries(weeklyLimits).map(([name, window]) => [name, normalize(window)])) }),
    ...(planInfo === undefined ? {} : { planInfo: pickTexts(planInfo) }),
    ...(extraUsage === undefined ? {} : { extraUsage }),
    ...(account === '' ? {} : { account }),
    source: source ?? 'unknown',
  }
}

/**
 * Merges the current limits of a plan, and finds the version with the newest part of them.
 * @param heads the newest of each machine and source; at least one
 */
export function mergeHeads(heads: readonly SnapshotVersion[]): { base: SnapshotVersion } & Pick<PlanLimits, 'limits' | 'hasSessionLimit'> {
  const newestFirst = [...heads].sort((a, b) => compare(b.id, a.id))
  const headOf = new Map(newestFirst.map((head) => [snapshotFromBody(head.body, head.receivedAt), head]))
  const { limits, from } = currentLimitsOf([...headOf.keys()])!
  const base = headOf.get(from)!
  const { account: _, source, currentSession, weeklyLimits, planInfo, ...rest } = limits
  return {
    base,
    hasSessionLimit: mayHaveSessionLimit([...headOf.keys()]),
    limits: {
      ...rest,
      ...(currentSession === undefined ? {} : { currentSession: normalizeWindow(currentSession) }),
      ...(weeklyLimits === undefined
        ? {}
        : { weeklyLimits: Object.fromEntries(Object.entries(weeklyLimits).map(([name, window]) => [name, normalizeWindow(window)])) }),
      ...(planInfo === undefined ? {} : { planInfo: pickTexts(planInfo) }),
      ...(base.account === '' ? {} : { account: base.account }),
      source: source ?? 'unknown',
    },
  }
}

/** Adds the age, the position of the version, and the state of its collector. */
export function toCurrentLimits(
  { plan, limits, isOnly }: Omit<PlanLimits, 'hasSessionLimit'>,
  { version, current, total }: VersionPosition,
  collectors: readonly CollectorRecord[],
  now: number,
) {
  const age = Math.max(0, now - Date.parse(limits.lastUpdated))
  const reporting = collectors.filter(({ health }) => health !== undefined)
  // The state of another person's collector explains nothing.
  const collector =
    reporting.find(({ machine }) => machine === version.body.machine_id) ??
    reporting.find(({ account }) => isOnly || (account !== undefined && account === plan.account))
  const answer: CurrentLimits = {
    ...limits,
    ...(plan.name === undefined ? {} : { accountName: plan.name }),
    isStale: age > STALE_MS,
    ageMinutes: toMinutes(age),
    versionInfo: { current, total, timestamp: instantOf(version.at), filename: versionFile(version.at, version.id) },
    ...(collector === undefined ? {} : { collector: collectorInfo(collector, now) }),
  }
  return answer
}

export function collectorInfo({ machine, health, seenAt, askedAt }: CollectorRecord, now: number): CollectorInfo {
  const { state, lastSuccessAt, lastError, consecutiveFailures, nextAttemptAt, clockSkewMs } = health!
  return {
    machine_id: machine,
    state,
    connected: isConnected({ askedAt }, now),
    lastSeenAt: instantOf(seenAt),
    ...(lastSuccessAt === undefined ? {} : { lastSuccessAt: normalizeInstant(lastSuccessAt) }),
    ...(lastError === undefined
      ? {}
      : { lastError: { ...lastError, ...(lastError.at === undefined ? {} : { at: normalizeInstant(lastError.at) }) } }),
    consecutiveFailures,
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt: normalizeInstant(nextAttemptAt) }),
    ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
  }
}

/** Whether it polled within the last minute; also after the clock was set back. */
export function isConnected({ askedAt }: Pick<CollectorRecord, 'askedAt'>, now: number): boolean {
  return askedAt !== undefined && Math.abs(now - askedAt) <= COLLECTOR_CONNECTED_MS
}

/** Rounded up to a tenth, so that just over ten minutes are more than ten. */
export function toMinutes(ms: number): number {
  return Math.ceil(ms / 6_000) / 10
}

function normalizeWindow(window: CurrentWindow): CurrentWindow {
  return window.resetsAt === undefined ? window : { ...window, resetsAt: normalizeInstant(window.resetsAt) }
}

/** Formats any ISO 8601 instant as UTC with milliseconds. */
function normalizeInstant(text: string): string {
  return new Date(Date.parse(text)).toISOString()
}

function pickTexts(plan: object): Record<string, string> {
  return Object.fromEntries(Object.entries(plan).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
