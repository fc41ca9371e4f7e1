import { allModelsLabel, MAX_PERCENT_USED, sessionLabel } from '@signalbox/contract/limit-label'
import { compareVersions, FIRST_WITH_SESSION_COST } from './client-version.ts'
import type { PlanWindow } from './limit-snapshot.ts'
import { formatValue, readReportedWindow } from './reported-window.ts'

/** The input of a status line command, as far as it is used. */
export interface StatusLine {
  /** The display name of the model. */
  readonly model?: string
  /** 0–1000, over 100 where the model takes more than the client takes it for. */
  readonly contextPercent?: number
  readonly transcriptPath?: string
  /** The cost of the session in USD, as Claude Code has it; absent in versions that give the cost of the process. */
  readonly costUsd?: number
  /** How long the session has run, in milliseconds; only with a cost. */
  readonly durationMs?: number
  /** When the prompt cache expires, in milliseconds since 1970; null where the last call has cached nothing, absent where it is not said. */
  readonly cacheExpiresAt?: number | null
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
    ...(typeof context === 'number' && context >= 0 && context <= MAX_PERCENT_USED ? { contextPercent: context } : {}),
    ...(transcript === undefined ? {} : { transcriptPath: transcript }),
    ...readCost(input),
    ...readCache(input.prompt_cache),
    windows: windows.filter((window) => window !== undefined),
  }
}

const MAX_COST_USD = 1e9

function readCost({ cost, version }: Fields): Pick<StatusLine, 'costUsd' | 'durationMs'> {
  const { total_cost_usd: usd, total_duration_ms: duration } = fieldsOf(cost)
  if (typeof usd !== 'number' || !(usd >= 0 && usd <= MAX_COST_USD)) return {}
  if (compareVersions(textOf(version) ?? '', FIRST_WITH_SESSION_COST) < 0) return {}
  return { costUsd: usd, ...(typeof duration === 'number' && duration >= 0 && Number.isFinite(duration) ? { durationMs: duration } : {}) }
}

/** The last instant that four digits of a year can name, in seconds. */
const MAX_SECONDS = 253_402_300_799

function readCache(cache: unknown): Pick<StatusLine, 'cacheExpiresAt'> {
  if (!isFields(cache)) return {}
  const { expires_at: seconds } = cache
  return { cacheExpiresAt: typeof seconds === 'number' && seconds > 0 && seconds <= MAX_SECONDS ? seconds * 1000 : null }
}

function readWindow(named: Pick<PlanWindow, 'kind' | 'label'>, value: unknown, at: number): PlanWindow | undefined {
  if (value === undefined || value === null) return undefined
  if (!isFields(value)) return { ...named, state: 'unreadable', problem: `it should be an object, and is ${formatValue(value)}` }
  const window = { ...named, ...readReportedWindow({ percent: value.used_percentage, resetsAt: value.resets_at }, secondsToMs, at) }
  if (window.state === 'absent') return undefined
  // An idle session repeats old values for hours; an ended window says nothing about the next one.
  return window.resetsAt !== undefined && window.resetsAt <= at ? undefined : window
}

const secondsToMs = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? Math.round(value * 1000) : undefined)

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
