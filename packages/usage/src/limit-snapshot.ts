import type { LimitReading, LimitSource, LimitWindow } from '@signalbox/contract/limits'

export type WindowKind = 'session' | 'weekly_all' | 'weekly_scoped'

/**
 * One window of a plan, as one reading has it.
 * `known`: with a percentage. `idle`: it begins with the next message. `absent`: not on this plan.
 * `unreadable`: the page speaks of it and we do not understand it; then there is no percentage, and never a zero instead.
 */
export interface PlanWindow {
  readonly kind: WindowKind
  /** The model or group of a `weekly_scoped` one, such as `Sonnet`. */
  readonly scope?: string
  /** As people read it. */
  readonly label: string
  /** 0–100; of `known` and `idle` ones only. */
  readonly percentUsed?: number
  /** Milliseconds. */
  readonly resetsAt?: number
  /** In the words of where it was read, such as `2 hr 42 min`. */
  readonly resetsText?: string
  readonly state: 'known' | 'idle' | 'absent' | 'unreadable'
  /** Why it is unreadable. */
  readonly problem?: string
}

/** What one source said of a plan at one moment; instants are milliseconds. */
export interface LimitSnapshot {
  readonly account?: string
  /** Undefined: whoever sent it did not say. */
  readonly source?: LimitSource
  readonly machineId?: string
  readonly capturedAt: number
  readonly receivedAt: number
  readonly windows: readonly PlanWindow[]
  readonly plan?: NonNullable<LimitReading['planInfo']>
  readonly extraUsage?: Record<string, unknown>
  /** Of sections that are no windows. */
  readonly errors?: Readonly<Record<string, string>>
  readonly isPartial: boolean
}

/** Two reset times less than this apart, in milliseconds, are of the same window. */
export const SAME_RESET_MS = 60_000

/** What tells one window of a plan from another. */
export function windowKey(window: Pick<PlanWindow, 'kind' | 'scope'>): string {
  return window.scope === undefined ? window.kind : `${window.kind}:${window.scope.toLowerCase()}`
}

/** As in a plan: the session, the week, then each model. */
export function planOrder({ kind }: Pick<PlanWindow, 'kind'>): number {
  return kind === 'session' ? 0 : kind === 'weekly_all' ? 1 : 2
}

export const sessionLabel = 'Current session'
export const allModelsLabel = 'All models'
export const scopedLabel = (scope: string) => `${scope} only`

/** The name of a scope's field on the wire: `Sonnet` → `sonnetOnly`, `Opus 5.5` → `opus55Only`. */
export function scopeField(scope: string): string {
  const parts = scope.match(/[A-Za-z0-9]+/g) ?? []
  const joined = parts.map((part, at) => (at === 0 ? part.toLowerCase() : part[0]?.toUpperCase() + part.slice(1))).join('')
  // A name in another script, or one that begins with a digit, still needs a field of its own.
  const name = /^[a-z]/.test(joined) ? joined : `model${joined}${joined === '' ? codeOf(scope) : ''}`
  return `${name.slice(0, 90)}Only`
}

function codeOf(text: string): string {
  let code = 0
  for (const char of text) code = (Math.imul(code, 31) + (char.codePointAt(0) ?? 0)) >>> 0
  return code.toString(36)
}

function scopeOf(field: string, label: string | undefined): string {
  if (label !== undefined) return label.replace(/ only$/i, '')
  const name = field.replace(/Only$/, '')
  return name[0]?.toUpperCase() + name.slice(1)
}

/** What a hub or a collector sends, as a snapshot. */
export function snapshotOf(reading: LimitReading, receivedAt: number): LimitSnapshot {
  const windows: PlanWindow[] = []
  const left = new Map(Object.entries(reading.extractionErrors ?? {}))
  const add = (field: string, kind: WindowKind, named: Pick<PlanWindow, 'scope' | 'label'>, window: LimitWindow | undefined) => {
    const problem = left.get(field)
    left.delete(field)
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
    })
  }
  add('currentSession', 'session', { label: reading.currentSession?.label ?? sessionLabel }, reading.currentSession)
  const weekly = reading.weeklyLimits ?? {}
  add('allModels', 'weekly_all', { label: weekly.allModels?.label ?? allModelsLabel }, weekly.allModels)
  const fields = new Set([...Object.keys(weekly), ...[...left.keys()].filter((key) => /^[a-z][A-Za-z0-9]*Only$/.test(key))])
  fields.delete('allModels')
  for (const field of fields) {
    const scope = scopeOf(field, weekly[field]?.label)
    add(field, 'weekly_scoped', { scope, label: weekly[field]?.label ?? scopedLabel(scope) }, weekly[field])
  }
  return {
    ...(reading.account === undefined ? {} : { account: reading.account }),
    ...(reading.source === undefined ? {} : { source: reading.source }),
    ...(reading.machine_id === undefined ? {} : { machineId: reading.machine_id }),
    capturedAt: Date.parse(reading.lastUpdated),
    receivedAt,
    windows,
    ...(reading.planInfo === undefined ? {} : { plan: reading.planInfo }),
    ...(reading.extraUsage === undefined ? {} : { extraUsage: reading.extraUsage }),
    ...(left.size === 0 ? {} : { errors: Object.fromEntries(left) }),
    isPartial: reading.isPartial ?? false,
  }
}

/** A snapshot in its wire form; an absent window is not sent, an unreadable one is an extraction error. */
export function readingOf(snapshot: LimitSnapshot): LimitReading {
  const errors: Record<string, string> = { ...snapshot.errors }
  const weekly: Record<string, LimitWindow> = {}
  let session: LimitWindow | undefined
  for (const window of snapshot.windows) {
    const field =
      window.kind === 'session' ? 'currentSession' : window.kind === 'weekly_all' ? 'allModels' : scopeField(window.scope ?? window.label)
    if (window.state === 'unreadable') errors[field] = window.problem ?? 'could not be read'
    if (window.percentUsed === undefined || window.state === 'unreadable' || window.state === 'absent') continue
    const sent: LimitWindow = {
      ...(window.resetsText === undefined ? {} : { resetsIn: window.resetsText }),
      percentageUsed: window.percentUsed,
      ...(window.resetsAt === undefined ? {} : { resetsAt: new Date(window.resetsAt).toISOString() }),
      ...(window.state === 'idle' ? { idle: true as const } : {}),
      ...(window.kind === 'weekly_scoped' ? { label: window.label } : {}),
    }
    if (window.kind === 'session') session = sent
    else weekly[field] = sent
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
