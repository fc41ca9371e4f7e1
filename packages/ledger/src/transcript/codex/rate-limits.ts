import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type Fields, fields, instant, name } from '../field.ts'
import { findTranscripts } from '../find-transcripts.ts'
import { codex } from './source.ts'

/** One limit of the plan that Codex is used with. */
export interface CodexLimitWindow {
  readonly percent_used: number
  /** The length of the window; null where OpenAI did not say. */
  readonly window_minutes: number | null
  /** When the percentage becomes 0, as an ISO instant; null where it is not known. */
  readonly resets_at: string | null
}

/** The limits that OpenAI sent with a response to Codex, which writes them into its rollouts. They are not those of a Claude account. */
export interface CodexLimits {
  /** When Codex wrote them down, as an ISO instant. */
  readonly captured_at: string
  /** Which limits they are: `codex` for those of the plan, others for some models. */
  readonly limit_id: string | null
  /** Such as `plus`; null where it was not sent. */
  readonly plan: string | null
  /** The shorter window first, as OpenAI sends them. */
  readonly windows: readonly CodexLimitWindow[]
}

/** The rollouts that are searched, newest first: each has the limits of its own last response. */
const MAX_ROLLOUTS = 20
/** The end of a rollout that is searched, in bytes. */
const TAIL_BYTES = 512 * 1024
const MAX_NAME_LENGTH = 100

/**
 * Reads the newest limits from the rollouts of Codex. What an account without a plan writes has no windows and is passed over.
 * @returns undefined when there are none
 * @throws SettingsError when a setting is invalid
 */
export function readCodexLimits(env: NodeJS.ProcessEnv): CodexLimits | undefined {
  const { transcripts } = findTranscripts(codex.findPlaces(env).flatMap(({ roots }) => roots))
  const newest = transcripts.toSorted((a, b) => b.mtime - a.mtime).slice(0, MAX_ROLLOUTS)
  let found: CodexLimits | undefined
  for (const { path, mtime } of newest) {
    // An older rollout has nothing newer.
    if (found !== undefined && mtime < Date.parse(found.captured_at)) break
    const limits = lastLimits(readTail(path))
    if (limits !== undefined && (found === undefined || limits.captured_at > found.captured_at)) found = limits
  }
  return found
}

function lastLimits(text: string): CodexLimits | undefined {
  const lines = text.split('\n')
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index]!
    const limits = line.includes('"rate_limits":{') ? parseLine(line) : undefined
    if (limits !== undefined) return limits
  }
  return undefined
}

function parseLine(line: string): CodexLimits | undefined {
  try {
    return parseLimits(JSON.parse(line))
  } catch {
    return undefined
  }
}

/** Reads the limits in a parsed row of a rollout; undefined when it has none. */
export function parseLimits(value: unknown): CodexLimits | undefined {
  const row = fields(value)
  const payload = fields(row?.payload)
  const limits = fields(payload?.rate_limits)
  const at = typeof row?.timestamp === 'string' ? instant(row.timestamp) : undefined
  if (payload?.type !== 'token_count' || limits === undefined || at === undefined) return undefined
  const windows = [limits.primary, limits.secondary].flatMap((window) => parseWindow(fields(window), at) ?? [])
  if (windows.length === 0) return undefined
  return { captured_at: new Date(at).toISOString(), limit_id: textOf(limits.limit_id), plan: textOf(limits.plan_type), windows }
}

function parseWindow(window: Fields | undefined, at: number): CodexLimitWindow | undefined {
  const percent = window?.used_percent
  if (typeof percent !== 'number' || !Number.isFinite(percent) || percent < 0) return undefined
  const { window_minutes: minutes, resets_at: resetsAt, resets_in_seconds: secondsLeft } = window ?? {}
  // Older versions wrote how many seconds were left.
  const reset = typeof resetsAt === 'number' ? resetsAt * 1000 : typeof secondsLeft === 'number' ? at + secondsLeft * 1000 : undefined
  return {
    percent_used: percent,
    window_minutes: typeof minutes === 'number' && minutes > 0 ? minutes : null,
    resets_at: reset === undefined || !(Math.abs(reset) < 8e15) ? null : new Date(reset).toISOString(),
  }
}

function textOf(value: unknown): string | null {
  return name(value, MAX_NAME_LENGTH) ?? null
}

/** The end of a file, or nothing where it cannot be read. */
function readTail(file: string): string {
  let descriptor: number | undefined
  try {
    descriptor = openSync(file, 'r')
    const { size } = fstatSync(descriptor)
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES))
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, size - bytes.length))
  } catch {
    return ''
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
