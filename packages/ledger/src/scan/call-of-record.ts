import type { ScannedCall } from './scanned-call.ts'

/** What an object of a transcript is: a call, something else (normal), or a call that cannot be believed. */
export type Reading = ScannedCall | 'other' | 'bad'

/**
 * No model call has a trillion tokens. A number above it is damage, and a few such numbers added up would no longer
 * be exact.
 */
export const MOST_TOKENS = 999_999_999_999

/** The longest names the contract allows, in UTF-16 units; a longer one is cut. */
export const longest = {
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

/** A name, or undefined where Claude Code wrote none. */
function name(value: unknown, length: number): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  // Half a surrogate pair cannot be stored as UTF-8 and would come back as another text.
  return (value.length > length ? value.slice(0, length) : value).toWellFormed()
}

class NotACount extends Error {}

function count(value: unknown): number {
  if (value === undefined || value === null) return 0
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > MOST_TOKENS) throw new NotACount()
  return value + 0
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(Z|[+-]\d\d:?\d\d)?$/

/** The last instant whose year has four digits, which is all the contract can spell. */
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** Milliseconds since 1970, or undefined where the text names no instant since then. */
function instant(text: string): number | undefined {
  const iso8601 = ISO.exec(text)
  if (iso8601 === null) return undefined
  // Without a zone it would mean another instant on each machine.
  const ms = Date.parse(iso8601[1] === undefined ? `${text}Z` : text)
  return ms >= 0 && ms <= LAST_INSTANT ? ms : undefined
}

/**
 * The two ids of a call as one text. A text too long for the contract becomes its hash, so that two such calls stay
 * two.
 */
export function callKey(id: string, requestId: string): string {
  const key = `${id}:${requestId}`
  if (key.length <= longest.key) return key
  return `sha256:${process.getBuiltinModule('node:crypto').hash('sha256', key, 'hex')}:`
}

/** Reads a call out of one parsed object of a transcript: an assistant's line, or a subagent's progress (older). */
export function callOfRecord(value: unknown): Reading {
  const record = fields(value)
  if (record === undefined) return 'other'
  if (record.type === 'assistant') return readCall(record, record, record.isSidechain === true, record.agentId)
  if (record.type !== 'progress') return 'other'
  const data = fields(record.data)
  const inner = fields(data?.message)
  if (inner === undefined) return 'other'
  return readCall(record, inner, true, name(record.agentId, longest.agent_id) ?? data?.agentId)
}

/**
 * @param envelope has where the call was made
 * @param holder has `message`, the ids and the time
 */
function readCall(envelope: Fields, holder: Fields, isSidechain: boolean, agentId: unknown): Reading {
  const message = fields(holder.message)
  const usage = fields(message?.usage)
  if (message === undefined || usage === undefined) return 'other'
  const model = name(message.model, longest.model)
  const timestamp = holder.timestamp
  if (model === undefined || model === '<synthetic>' || typeof timestamp !== 'string' || timestamp === '') return 'other'
  const at = instant(timestamp)
  const id = name(message.id, Infinity) ?? name(holder.uuid, Infinity)
  if (at === undefined || id === undefined) return 'bad'
  try {
    const writes = fields(usage.cache_creation)
    const searches = fields(usage.server_tool_use)?.web_search_requests
    // Absent names are explicit: objects of one shape, and the same to every reader as if they were not there.
    return {
      key: callKey(id, name(holder.requestId, Infinity) ?? ''),
      at,
      model,
      session_id: name(envelope.sessionId, longest.session_id),
      cwd: name(envelope.cwd, longest.cwd),
      git_branch: name(envelope.gitBranch, longest.git_branch),
      version: name(envelope.version, longest.version),
      agent_id: name(agentId, longest.agent_id),
      is_sidechain: isSidechain,
      input: count(usage.input_tokens),
      output: count(usage.output_tokens),
      write_5m: count(writes === undefined ? usage.cache_creation_input_tokens : writes.ephemeral_5m_input_tokens),
      write_1h: count(writes?.ephemeral_1h_input_tokens),
      read: count(usage.cache_read_input_tokens),
      web_searches: searches === undefined || searches === null ? undefined : count(searches),
      speed: name(usage.speed, longest.speed),
      service_tier: name(usage.service_tier, longest.service_tier),
      inference_geo: name(usage.inference_geo, longest.inference_geo),
    } as ScannedCall
  } catch (error) {
    if (error instanceof NotACount) return 'bad'
    throw error
  }
}
