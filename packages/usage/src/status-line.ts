import { allModelsLabel, sessionLabel } from '@signalbox/contract/limit-label'
import type { PlanWindow } from './limit-snapshot.ts'
import { formatValue, readReportedWindow } from './reported-window.ts'

/** The input of a status line command, as far as it is used. */
export interface StatusLine {
  /** The display name of the model. */
  readonly model?: string
  /** 0–100 */
  readonly contextPercent?: number
  readonly transcriptPath?: string
  /** The five-hour and the weekly window, without missing and ended ones. */
  readonly windows: readonly PlanWindow[]
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads the input of a status line command. It has limits on the plans Pro and Max only, after the first response of a session.
 * @param input the parsed JSON
 * @param at when the command ran, in milliseconds
 * @throws Error when the input is not an object
 */
export function readStatusLine(input: unknown, at: number): StatusLine {
  if (!isFields(input)) throw new Error(`the input of a status line should be an object, and is ${formatValue(input)}`)
  const model = fieldsOf(input.model)
  const name = textOf(model.display_name) ?? textOf(model.id)
  const context = fieldsOf(input.context_window).used_percentage
  const limits = fieldsOf(input.rate_limits)
  const transcript = textOf(input.transcript_path)
  const windows = [
    readWindow({ kind: 'session', label: sessionLabel }, limits.five_hour, at),
    readWindow({ kind: 'weekly_all', label: allModelsLabel }, limits.seven_day, at),
  ]
  return {
    ...(name === undefined ? {} : { model: name }),
    ...(typeof context === 'number' && context >= 0 && context <= 100 ? { contextPercent: context } : {}),
    ...(transcript === undefined ? {} : { transcriptPath: transcript }),
    windows: windows.filter((window) => window !== undefined),
  }
}

function readWindow(named: Pick<PlanWindow, 'kind' | 'label'>, value: unknown, at: number): PlanWindow | undefined {
  if (value === undefined || value === null) return undefined
  if (!isFields(value)) return { ...named, state: 'unreadable', problem: `it should be an object, and is ${formatValue(value)}` }
  const window = { ...named, ...readReportedWindow({ percent: value.used_percentage, resetsAt: value.resets_at }, secondsToMs, at) }
  // An idle session repeats old values for hours; an ended window says nothing about the next one.
  return window.resetsAt !== undefined && window.resetsAt <= at ? undefined : window
}

const secondsToMs = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? Math.round(value * 1000) : undefined)

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
