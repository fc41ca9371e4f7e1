import { allModelsLabel, type PlanWindow, sessionLabel } from './limit-snapshot.ts'
import { shown, usedOf } from './said-window.ts'

/** What Claude Code tells a status line command, as far as we use it. */
export interface StatusLine {
  /** The model's name as people read it. */
  readonly model?: string
  /** 0–100 */
  readonly contextPercent?: number
  readonly transcriptPath?: string
  /** Of the plan: the five hours and the week, those of them that were told and are not over. */
  readonly windows: readonly PlanWindow[]
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads what a status line command got. Limits are told on Pro and Max only, and only after a session's first answer.
 * @param said the JSON, parsed
 * @param at when it was said, in milliseconds
 * @throws Error when it is no object
 */
export function readStatusLine(said: unknown, at: number): StatusLine {
  if (!isFields(said)) throw new Error(`what a status line is told should be an object, and is ${shown(said)}`)
  const model = fieldsOf(said.model)
  const name = textOf(model.display_name) ?? textOf(model.id)
  const context = fieldsOf(said.context_window).used_percentage
  const limits = fieldsOf(said.rate_limits)
  const transcript = textOf(said.transcript_path)
  const windows = [
    windowOf({ kind: 'session', label: sessionLabel }, limits.five_hour, at),
    windowOf({ kind: 'weekly_all', label: allModelsLabel }, limits.seven_day, at),
  ]
  return {
    ...(name === undefined ? {} : { model: name }),
    ...(typeof context === 'number' && context >= 0 && context <= 100 ? { contextPercent: context } : {}),
    ...(transcript === undefined ? {} : { transcriptPath: transcript }),
    windows: windows.filter((window) => window !== undefined),
  }
}

function windowOf(named: Pick<PlanWindow, 'kind' | 'label'>, said: unknown, at: number): PlanWindow | undefined {
  if (said === undefined || said === null) return undefined
  if (!isFields(said)) return { ...named, state: 'unreadable', problem: `it should be an object, and is ${shown(said)}` }
  const window = { ...named, ...usedOf({ percent: said.used_percentage, resetsAt: said.resets_at }, ofSeconds, at) }
  // A session may repeat for hours what it was told once; a window that is over says nothing of the next.
  return window.resetsAt !== undefined && window.resetsAt <= at ? undefined : window
}

const ofSeconds = (said: unknown) => (typeof said === 'number' && Number.isFinite(said) ? Math.round(said * 1000) : undefined)

const textOf = (said: unknown) => (typeof said === 'string' && said !== '' ? said : undefined)
const fieldsOf = (said: unknown): Fields => (isFields(said) ? said : {})

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
