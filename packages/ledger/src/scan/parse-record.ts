import type { ScannedCall } from './scanned-call.ts'

/** The content of an object of a transcript: a call, another record, or an invalid call. */
export type ParsedRecord = ScannedCall | 'other' | 'bad'

/** The most tokens of a call. A larger number is invalid, and sums of several such numbers would not be exact. */
const MAX_TOKENS = 999_999_999_999

/** The longest names that the contract allows, in UTF-16 units; longer ones are truncated. */
export const MAX_NAME_LENGTHS = {
  key: 400,
  model: 200,
  session_id: 200,
  cwd: 4096,
  git_branch: 1000,
  version: 200,
  agent_id: 200,
  speed: 50,
  service_tier: 50,
  inference_geo: 50,
} as const

type Fields = Record<string, unknown>

function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

/** Reads a name; undefined when Claude Code wrote none. */
function name(value: unknown, length: number): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  // A lone surrogate cannot be stored as UTF-8 and would be read as another text.
  return (value.length > length ? value.slice(0, length) : value).toWellFormed()
}

class InvalidCount extends Error {}

function count(value: unknown): number {
  if (value === undefined || value === null) return 0
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > MAX_TOKENS) throw new InvalidCount()
  return value + 0
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(Z|[+-]\d\d:?\d\d)?$/

/** The last instant whose year has four digits, as the contract requires. */
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** Parses an instant to milliseconds since 1970; undefined when the text is not an instant, or is earlier. */
function instant(text: string): number | undefined {
  const iso8601 = ISO.exec(text)
  if (iso8601 === null) return undefined
  // Without a zone, the text would mean a different instant on each machine.
  const ms = Date.parse(iso8601[1] === undefined ? `${text}Z` : text)
  return ms >= 0 && ms <= LAST_INSTANT ? ms : undefined
}

/** Builds the key of a call from its two ids. A key that is too long for the contract is hashed, so that it stays unique. */
export function callKey(id: string, requestId: string): string {
  const key = `${id}:${requestId}`
  if (key.length <= MAX_NAME_LENGTHS.key) return key
  return `sha256:${process.getBuiltinModule('node:crypto').hash('sha256', key, 'hex')}:`
}

/** Reads a call from a parsed object of a transcript: an assistant record, or the progress record of a subagent (older versions). */
export function parseRecord(value: unknown): ParsedRecord {
  const record = fields(value)
  if (record === undefined) return 'other'
  if (record.type === 'assistant') return readCall(record, record, record.isSidechain === true, record.agentId)
  if (record.type !== 'progress') return 'other'
  const data = fields(record.data)
  const inner = fields(data?.message)
  if (inner === undefined) return 'other'
  return readCall(record, inner, true, name(record.agentId, MAX_NAME_LENGTHS.agent_id) ?? data?.agentId)
}

/**
 * @param envelope has the session, the folder, the branch and the version
 * @param record has `message`, the ids and the time
 */
function readCall(envelope: Fields, record: Fields, isSidechain: boolean, agentId: unknown): ParsedRecord {
  const message = fields(record.message)
  const usage = fields(message?.usage)
  if (message === undefined || usage === undefined) return 'other'
  const model = name(message.model, MAX_NAME_LENGTHS.model)
  const timestamp = record.timestamp
  if (model === undefined || model === '<synthetic>' || typeof timestamp !== 'string' || timestamp === '') return 'other'
  const at = instant(timestamp)
  const id = name(message.id, Infinity) ?? name(record.uuid, Infinity)
  if (at === undefined || id === undefined) return 'bad'
  try {
    const writes = fields(usage.cache_creation)
    const searches = fields(usage.server_tool_use)?.web_search_requests
    // Missing names are explicit undefined, so that all objects have the same shape.
    return {
      key: callKey(id, name(record.requestId, Infinity) ?? ''),
      at,
      model,
      session_id: name(envelope.sessionId, MAX_NAME_LENGTHS.session_id),
      cwd: name(envelope.cwd, MAX_NAME_LENGTHS.cwd),
      git_branch: name(envelope.gitBranch, MAX_NAME_LENGTHS.git_branch),
      version: name(envelope.version, MAX_NAME_LENGTHS.version),
      agent_id: name(agentId, MAX_NAME_LENGTHS.agent_id),
      is_sidechain: isSidechain,
      input: count(usage.input_tokens),
      output: count(usage.output_tokens),
      write_5m: count(writes === undefined ? usage.cache_creation_input_tokens : writes.ephemeral_5m_input_tokens),
      write_1h: count(writes?.ephemeral_1h_input_tokens),
      read: count(usage.cache_read_input_tokens),
      web_searches: searches === undefined || searches === null ? undefined : count(searches),
      speed: name(usage.speed, MAX_NAME_LENGTHS.speed),
      service_tier: name(usage.service_tier, MAX_NAME_LENGTHS.service_tier),
      inference_geo: name(usage.inference_geo, MAX_NAME_LENGTHS.inference_geo),
    } as ScannedCall
  } catch (error) {
    if (error instanceof InvalidCount) return 'bad'
    throw error
  }
}
