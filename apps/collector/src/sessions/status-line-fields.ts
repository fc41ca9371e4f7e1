import type { SessionObservation } from '@signalbox/contract/session-observation'
import { compareVersions, FIRST_WITH_SESSION_COST } from '@signalbox/usage/client-version'
import { isSessionId, shortText } from './process-file.ts'

/** What the input of a status line says about its session. docs/claude-code.md says what each version writes. */
export interface StatusLineFacts {
  readonly session: string
  /** Where the session runs. */
  readonly folder: string | undefined
  readonly fields: NonNullable<SessionObservation['fields']>
}

type Fields = Record<string, unknown>

/** The option for a long context; other sources leave it out, and the limit says it. */
const CONTEXT_OPTION = /\[\d+[mk]\]$/
const MAX_COST_USD = 1e9
const MAX_COUNT = 1e15
/** The last instant that four digits of a year can name, in seconds. */
const MAX_SECONDS = 253_402_300_799

/** Reads the parsed input. @returns undefined when it names no session */
export function readStatusLineFacts(content: unknown): StatusLineFacts | undefined {
  const line = fieldsOf(content)
  if (!isSessionId(line.session_id)) return undefined
  const { project_dir: folder = line.cwd } = fieldsOf(line.workspace)
  const version = shortText(line.version, 50)
  const known = {
    model: shortText(fieldsOf(line.model).id, 200)?.replace(CONTEXT_OPTION, '') || undefined,
    version,
    effort: shortText(fieldsOf(line.effort).level, 50),
    ...readContext(line.context_window),
    cost_usd: readCost(fieldsOf(line.cost).total_cost_usd, version),
    cache_expires_at: readExpiry(line.prompt_cache),
  }
  return {
    session: line.session_id.toLowerCase(),
    folder: typeof folder === 'string' && folder !== '' ? folder : undefined,
    fields: Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)),
  }
}

/** Before the first call and after a compaction the client does not know what is in the context. */
function readContext(value: unknown): { context_tokens?: number | null; context_limit?: number | undefined } {
  if (!isFields(value)) return {}
  const limit = countOf(value.context_window_size)
  // `total_input_tokens` is the sum over the session in some versions.
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens } = fieldsOf(value.current_usage)
  const tokens = [input_tokens, cache_creation_input_tokens, cache_read_input_tokens].reduce<number>(
    (sum, one) => sum + (countOf(one) ?? 0),
    0,
  )
  return { context_tokens: tokens === 0 ? null : tokens, context_limit: limit === 0 ? undefined : limit }
}

function readCost(value: unknown, version: string | undefined): number | undefined {
  if (typeof value !== 'number' || !(value >= 0 && value <= MAX_COST_USD)) return undefined
  return version !== undefined && compareVersions(version, FIRST_WITH_SESSION_COST) >= 0 ? value : undefined
}

function readExpiry(value: unknown): string | null | undefined {
  if (!isFields(value)) return undefined
  const { expires_at: seconds } = value
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= MAX_SECONDS)) return null
  return new Date(Math.round(seconds * 1000)).toISOString()
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= MAX_COUNT / 3 ? Math.round(value) : undefined
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {}
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
