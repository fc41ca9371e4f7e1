import type { ExtraUsage } from '@signalbox/contract/extra-usage'
import { allModelsLabel, displayLabel, scopedLabel, sessionLabel, type WindowKind, wireLabel } from '@signalbox/contract/limit-label'
import type { LimitWindow, SnapshotBody } from '@signalbox/contract/limit-snapshot'
import type { LimitSource } from '@signalbox/contract/limit-source'
import { readExtraUsage } from './extra-usage.ts'

/**
 * One window of a plan in one snapshot.
 * `known`: has a percentage. `idle`: begins with the next message. `absent`: not part of this plan.
 * `unreadable`: the source mentions the window and its value could not be parsed; it has no percentage, in particular not 0.
 */
export interface PlanWindow {
  readonly kind: WindowKind
  /** The model or group of a `weekly_scoped` window, such as `Sonnet`. */
  readonly scope?: string
  /** The label shown to people, such as `5-hour limit`. */
  readonly label: string
  /** 0–1000, over 100 while extra usage pays; present in `known` and `idle` windows only. */
  readonly percentUsed?: number
  /** Milliseconds since 1970. */
  readonly resetsAt?: number
  /** The reset as displayed by the source, such as `2 hr 42 min`. */
  readonly resetsText?: string
  readonly state: 'known' | 'idle' | 'absent' | 'unreadable'
  /** Why the window is unreadable. */
  readonly problem?: string
  /** When its source received the value, in milliseconds, where the source knows; otherwise it is as old as its snapshot. */
  readonly asOf?: number
}

/** One capture of the plan limits by one source; instants are milliseconds since 1970. */
export interface LimitSnapshot {
  readonly account?: string
  /** Undefined when the sender did not name it. */
  readonly source?: LimitSource
  readonly machineId?: string
  readonly capturedAt: number
  readonly receivedAt: number
  readonly windows: readonly PlanWindow[]
  readonly plan?: NonNullable<SnapshotBody['planInfo']>
  readonly extraUsage?: ExtraUsage
  /** Errors of sections that are not windows. */
  readonly errors?: Readonly<Record<string, string>>
  readonly isPartial: boolean
}

/** Two reset times less than this apart, in milliseconds, belong to the same window. */
export const SAME_RESET_MS = 60_000

/** Identifies a window within a plan. */
export function windowKey(window: Pick<PlanWindow, 'kind' | 'scope'>): string {
  return window.scope === undefined ? window.kind : `${window.kind}:${window.scope.toLowerCase()}`
}

/** When the value of a window was new, in milliseconds. */
export function windowTime({ asOf }: Pick<PlanWindow, 'asOf'>, { capturedAt }: Pick<LimitSnapshot, 'capturedAt'>): number {
  return asOf === undefined ? capturedAt : Math.min(asOf, capturedAt)
}

/** When the newest value of a snapshot was new, in milliseconds. */
export function snapshotTime(snapshot: Pick<LimitSnapshot, 'capturedAt' | 'windows'>): number {
  const times = snapshot.windows.map((window) => windowTime(window, snapshot))
  return times.length === 0 ? snapshot.capturedAt : Math.max(...times)
}

/** The sort order of windows: the session, the week, then each model. */
export function planOrder({ kind }: Pick<PlanWindow, 'kind'>): number {
  return kind === 'session' ? 0 : kind === 'weekly_all' ? 1 : 2
}

/** The field name of a scope on the wire: `Sonnet` → `sonnetOnly`, `Opus 5.5` → `opus55Only`. */
export function scopeField(scope: string): string {
  const parts = scope.match(/[A-Za-z0-9]+/g) ?? []
  const joined = parts.map((part, at) => (at === 0 ? part.toLowerCase() : part[0]?.toUpperCase() + part.slice(1))).join('')
  // Field names begin with a Latin letter; other names get a prefix, and names without Latin letters a hash.
  const name = /^[a-z]/.test(joined) ? joined : `model${joined}${joined === '' ? shortHash(scope) : ''}`
  return `${name.slice(0, 90)}Only`
}

function shortHash(text: string): string {
  let hash = 0
  for (const char of text) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) >>> 0
  return hash.toString(36)
}

function parseScope(field: string, label: string | undefined): string {
  if (label !== undefined) return label.replace(/^Weekly limit · | only$/gi, '')
  const name = field.replace(/Only$/, '')
  return name[0]?.toUpperCase() + name.slice(1)
}

/** Converts the wire form of a snapshot. */
export function snapshotFromBody(body: SnapshotBody, receivedAt: number): LimitSnapshot {
  const windows: PlanWindow[] = []
  const errors = new Map(Object.entries(body.extractionErrors ?? {}))
  const add = (field: string, kind: WindowKind, named: Pick<PlanWindow, 'scope' | 'label'>, window: LimitWindow | undefined) => {
    const problem = errors.get(field)
    errors.delete(field)
    if (window === undefined) {
      if (problem !== undefined) windows.push({ kind, ...named, state: 'unreadable', problem })
      return
    }
    windows.push({
      kind,
      ...named,
      percentUsed: window.percentageUsed,
      ...(window.resetsAt === undefined ? {} : { resetsAt: Date.parse(window.resetsAt) }),
      ...(window.resetsIn === undefined ? {} : { resetsText: window.resetsIn }),
      state: window.idle ? 'idle' : 'known',
      ...(window.asOf === undefined ? {} : { asOf: Date.parse(window.asOf) }),
    })
  }
  const { currentSession: session, weeklyLimits: weekly = {} } = body
  add('currentSession', 'session', { label: displayLabel('session', session?.label ?? sessionLabel) }, session)
  add('allModels', 'weekly_all', { label: displayLabel('weekly_all', weekly.allModels?.label ?? allModelsLabel) }, weekly.allModels)
  const fields = new Set([...Object.keys(weekly), ...[...errors.keys()].filter((key) => /^[a-z][A-Za-z0-9]*Only$/.test(key))])
  fields.delete('allModels')
  for (const field of fields) {
    const scope = parseScope(field, weekly[field]?.label)
    const label = displayLabel('weekly_scoped', weekly[field]?.label ?? scopedLabel(scope))
    add(field, 'weekly_scoped', { scope, label }, weekly[field])
  }
  const extraUsage = readExtraUsage(body.extraUsage)
  return {
    ...(body.account === undefined ? {} : { account: body.account }),
    ...(body.source === undefined ? {} : { source: body.source }),
    ...(body.machine_id === undefined ? {} : { machineId: body.machine_id }),
    capturedAt: Date.parse(body.lastUpdated),
    receivedAt,
    windows,
    ...(body.planInfo === undefined ? {} : { plan: body.planInfo }),
    ...(extraUsage === undefined ? {} : { extraUsage }),
    ...(errors.size === 0 ? {} : { errors: Object.fromEntries(errors) }),
    isPartial: body.isPartial ?? false,
  }
}

/** Converts a snapshot to its wire form. An absent window is omitted, an unreadable one becomes an extraction error. */
export function snapshotBodyOf(snapshot: LimitSnapshot): SnapshotBody {
  const errors: Record<string, string> = { ...snapshot.errors }
  const weekly: Record<string, LimitWindow> = {}
  let session: LimitWindow | undefined
  for (const window of snapshot.windows) {
    const field =
      window.kind === 'session' ? 'currentSession' : window.kind === 'weekly_all' ? 'allModels' : scopeField(window.scope ?? window.label)
    if (window.state === 'unreadable') errors[field] = window.problem ?? 'could not be read'
    if (window.percentUsed === undefined || window.state === 'unreadable' || window.state === 'absent') continue
    const wire: LimitWindow = {
      ...(window.resetsText === undefined ? {} : { resetsIn: window.resetsText }),
      percentageUsed: window.percentUsed,
      ...(window.resetsAt === undefined ? {} : { resetsAt: new Date(window.resetsAt).toISOString() }),
      ...(window.state === 'idle' ? { idle: true as const } : {}),
      ...(window.kind === 'weekly_scoped' ? { label: wireLabel(window) } : {}),
      ...(window.asOf === undefined ? {} : { asOf: new Date(window.asOf).toISOString() }),
    }
    if (window.kind === 'session') session = wire
    else weekly[field] = wire
  }
  return {
    lastUpdated: new Date(snapshot.capturedAt).toISOString(),
    ...(session === undefined ? {} : { currentSession: session }),
    ...(Object.keys(weekly).length === 0 ? {} : { weeklyLimits: weekly }),
    ...(snapshot.isPartial ? { isPartial: true } : {}),
    ...(Object.keys(errors).length === 0 ? {} : { extractionErrors: errors }),
    ...(snapshot.plan === undefined ? {} : { planInfo: snapshot.plan }),
    ...(snapshot.extraUsage === undefined ? {} : { extraUsage: snapshot.extraUsage }),
    ...(snapshot.account === undefined ? {} : { account: snapshot.account }),
    ...(snapshot.source === undefined ? {} : { source: snapshot.source }),
    ...(snapshot.machineId === undefined ? {} : { machine_id: snapshot.machineId }),
  }
}
